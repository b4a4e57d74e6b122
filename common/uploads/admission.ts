import { Long } from "mongodb";
import { isKeepingAll, type VersionRules } from "../accounts/version-rules.js";
import type { Place } from "../access/grants.js";
import { parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { type AppError, ContentTooLargeError } from "../platform/errors.js";
import { type Id, newBlobId, newId } from "../platform/ids.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { Write } from "../platform/write.js";
import type { LimitBytes, Room } from "../quota/repository.js";
import type { Reservation } from "../quota/reservation.js";
import type { Quota } from "../quota/service.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { Aborter } from "./aborter.js";
import { UploadTakenOverError } from "./errors.js";
import { resolveName } from "./name-claim.js";
import type { Held, LinkUploads } from "./link-uploads.js";
import type { UploadsRepository } from "./repository.js";
import { announcedOf, isReservedAsItComes } from "./reserving.js";
import {
  type CopySource,
  isOfOneFile,
  type ResumableState,
  type UploadDoc,
  type UploadIntent,
} from "./upload.js";

/** What else is known of an upload when it is admitted. */
export interface Known {
  /** An id that others know the upload by, so that they can abort it. Default: a new one. */
  readonly uploadId?: Id;
  readonly resumable?: ResumableState;
  readonly source?: CopySource;
  /** The id of a new file. When there is a file with it already, the name counts as taken. Default: a new one. */
  readonly newFileId?: Id;
  /** A write that comes before the ledger entry, in one command. When it is refused, the upload is refused with this error. */
  readonly before?: { readonly write: Write; readonly refusal: AppError };
}

/** An upload that is not in the ledger yet. Its lease begins when it is entered, however long its client takes until then. */
export interface Draft {
  readonly upload: Omit<UploadDoc, "leaseUntil">;
  readonly leaseMs: number;
  /** What the owner may store. */
  readonly limitBytes: LimitBytes;
  readonly before: Known["before"];
}

interface Deps {
  readonly uploads: UploadsRepository;
  readonly writes: OrderedWrites;
  readonly entries: Pick<EntriesRepository, "findLiveByName">;
  readonly blobs: Pick<BlobStore, "newDataKey">;
  readonly quota: Quota;
  readonly aborter: Aborter;
  readonly linkUploads: Pick<LinkUploads, "check" | "take" | "covering">;
  readonly now: () => Date;
  readonly maxFileBytes: number;
  /** Which earlier versions are kept where the owner has no rules. */
  readonly defaultRules: VersionRules;
}

/** Refuses what can be refused before the first byte, and enters uploads in the ledger. */
export class Admission {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Chooses the ids of an upload. Nothing is stored yet.
   *
   * @throws InvalidNameError, ContentTooLargeError, PreconditionFailedError, NameTakenError.
   */
  async draft(
    place: Place,
    intent: UploadIntent,
    terms: Known & { leaseMs: number },
  ): Promise<Draft> {
    const { maxFileBytes, linkUploads } = this.#deps;
    const { expectedBytes = 0 } = intent;
    if (place.byLink !== undefined) linkUploads.check(place.byLink, intent.name, expectedBytes);
    const isTooLarge = terms.source === undefined && expectedBytes > maxFileBytes;
    if (isTooLarge) throw new ContentTooLargeError(maxFileBytes);
    const upload = this.#newEntry(place, intent, terms);
    if (upload.condition !== null || upload.onConflict === "fail") await this.#askForName(upload);
    const { leaseMs, before } = terms;
    return { upload, leaseMs, limitBytes: place.limitBytes, before };
  }

  /** The ledger entry of a draft, with its lease from now on. */
  entryOf({ upload, leaseMs }: Draft): UploadDoc {
    return { ...upload, leaseUntil: new Date(this.#deps.now().getTime() + leaseMs) };
  }

  /** What enters an upload whose bytes are not reserved yet, in this order. */
  writesOf(upload: UploadDoc, reservedBytes: number, room: Room) {
    const { uploads, quota } = this.#deps;
    return {
      entered: uploads.insertion(upload),
      reserved: quota.reservation(keyOf(upload), reservedBytes, room),
    };
  }

  /**
   * Enters a draft in the ledger and reserves its bytes: the announced ones, or none yet. Who does not pay for them reserves them as
   * they come. The announced ones only have to fit.
   *
   * @throws QuotaExceededError, NameTakenError; nothing is stored then.
   * @throws UploadTakenOverError when the ledger has an upload with this id.
   */
  async enter(draft: Draft): Promise<{ upload: UploadDoc; reservation: Held }> {
    const { aborter, quota, writes, linkUploads } = this.#deps;
    const { before, limitBytes } = draft;
    const { condition, onConflict, resumable } = draft.upload;
    // Only a folder refuses such an upload. While it is small, publishing is soon enough to ask.
    const isAsked = condition !== null || onConflict !== "version" || resumable?.isPart === true;
    if (!isAsked) await this.#askForName(draft.upload);
    const upload = this.entryOf(draft);
    const neededBytes = Number(upload.expectedBytes ?? 0);
    const bytes = isReservedAsItComes(upload) ? 0 : neededBytes;
    const { entered, reserved } = this.writesOf(upload, bytes, { limitBytes, neededBytes });
    const partIds = upload.resumable?.partIds ?? null;
    const entering = { before: before?.write, entered };
    const results = await writes
      .run({ ...entering, reserved: partIds === null ? reserved : undefined })
      .catch(async (error: unknown) => {
        // It may have been entered, or may be yet. A final upload with this id may be another request's.
        if (partIds === null) await aborter.abortQuietly(upload);
        throw error;
      });
    if (before !== undefined && results.before === undefined) throw before.refusal;
    if (results.entered === undefined) throw new UploadTakenOverError();
    try {
      await linkUploads.take(upload, neededBytes);
      if (partIds !== null) return { upload, reservation: await this.#combine(upload, partIds) };
      // The refused write does not say why; this does, or finds room after all.
      if (results.reserved === undefined) await quota.reserve(keyOf(upload), bytes, neededBytes);
      const terms = { limitBytes, announcedBytes: announcedOf(upload) };
      const held = quota.hold(keyOf(upload), bytes, terms);
      return { upload, reservation: linkUploads.covering(upload, held) };
    } catch (error) {
      await aborter.abortQuietly(upload);
      throw error;
    }
  }

  /** Publishing decides; this spares the client its bytes. @throws PreconditionFailedError, NameTakenError */
  async #askForName(upload: Draft["upload"]): Promise<void> {
    if (isOfOneFile(upload)) return;
    resolveName(upload, await this.#deps.entries.findLiveByName(upload, upload.name));
  }

  /** @throws QuotaExceededError */
  async #combine(upload: UploadDoc, partIds: readonly Id[]): Promise<Reservation> {
    const { quota } = this.#deps;
    await quota.combine(keyOf(upload), partIds);
    const reservation = await quota.resume(keyOf(upload), announcedOf(upload));
    await reservation.cover(Number(upload.expectedBytes));
    return reservation;
  }

  #newEntry(place: Place, intent: UploadIntent, known: Known): Draft["upload"] {
    const { blobs, now, defaultRules } = this.#deps;
    const { expectedBytes, onConflict, condition, claimedType, modifiedAt } = intent;
    const { fileId: nextVersionOf } = place;
    const { source } = known;
    const blobId = source?.blobId ?? newBlobId();
    return {
      _id: known.uploadId ?? newId(),
      ownerId: place.ownerId,
      actorId: place.actorId,
      parentId: place.folderId,
      rootFolderId: place.rootFolderId,
      name: parseName(intent.name).name,
      onConflict: conflictOf(place, onConflict),
      ...(place.byLink !== undefined && { byLink: place.byLink }),
      condition: mayCondition(place) ? condition : null,
      claimedType,
      ...(modifiedAt !== undefined && { modifiedAt }),
      expectedBytes: expectedBytes === undefined ? null : Long.fromNumber(expectedBytes),
      blobId,
      ...(source !== undefined && { source }),
      encryption: source === undefined ? blobs.newDataKey(blobId) : null,
      versionId: newId(),
      fileId: source?.fileId ?? nextVersionOf ?? known.newFileId ?? newId(),
      ...(nextVersionOf !== undefined && { isNextVersion: true }),
      ...(!isKeepingAll(place.versionRules ?? defaultRules) && { isExpiring: true }),
      state: "receiving",
      sizeBytes: null,
      sha256: null,
      crc32: null,
      createdAt: now(),
      resumable: known.resumable ?? null,
    };
  }
}

const keyOf = ({ _id: uploadId, ownerId }: UploadDoc) => ({ ownerId, uploadId });

/** Conditions would tell which names there are, to those who may not see them. */
const mayCondition = ({ byLink, fileId }: Place) =>
  byLink?.onConflict !== "rename" || fileId !== undefined;

/** A grant replaces only what it made itself, and a share link replaces nothing. */
function conflictOf({ byLink }: Place, asked: UploadIntent["onConflict"]): UploadDoc["onConflict"] {
  const isAsked = byLink === undefined || (byLink.onConflict === "own" && asked !== "version");
  return isAsked ? asked : byLink.onConflict;
}

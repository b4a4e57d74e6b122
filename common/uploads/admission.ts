import { Long } from "mongodb";
import type { Place } from "../access/grants.js";
import { parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { type AppError, ContentTooLargeError } from "../platform/errors.js";
import { type Id, newBlobId, newId } from "../platform/ids.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { Write } from "../platform/write.js";
import type { LimitBytes } from "../quota/repository.js";
import type { Quota, Reservation } from "../quota/service.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { Aborter } from "./aborter.js";
import { UploadTakenOverError } from "./errors.js";
import { resolveName } from "./name-claim.js";
import type { UploadsRepository } from "./repository.js";
import type { ResumableState, UploadDoc, UploadIntent } from "./upload.js";

/** What else is known of an upload when it is admitted. */
export interface Known {
  /** An id that others know the upload by, so that they can abort it. Default: a new one. */
  readonly uploadId?: Id;
  readonly resumable?: ResumableState;
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
  readonly now: () => Date;
  readonly maxFileBytes: number;
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
    const { maxFileBytes } = this.#deps;
    const { expectedBytes = 0, condition, onConflict } = intent;
    if (expectedBytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
    const upload = this.#newEntry(place, intent, terms);
    // Publishing decides. An upload that a taken name does not refuse is not worth a query now.
    if (condition !== null || onConflict === "fail")
      resolveName(upload, await this.#deps.entries.findLiveByName(upload, upload.name));
    const { leaseMs, before } = terms;
    return { upload, leaseMs, limitBytes: place.limitBytes, before };
  }

  /** The ledger entry of a draft, with its lease from now on. */
  entryOf({ upload, leaseMs }: Draft): UploadDoc {
    return { ...upload, leaseUntil: new Date(this.#deps.now().getTime() + leaseMs) };
  }

  /** What enters an upload whose bytes are not reserved yet, in this order. */
  writesOf(upload: UploadDoc, reservedBytes: number, limitBytes: LimitBytes) {
    const { uploads, quota } = this.#deps;
    return {
      entered: uploads.insertion(upload),
      reserved: quota.reservation(keyOf(upload), reservedBytes, limitBytes),
    };
  }

  /**
   * Enters a draft in the ledger and reserves its bytes: the announced ones, or none yet.
   *
   * @throws QuotaExceededError; nothing is stored then.
   * @throws UploadTakenOverError when the ledger has an upload with this id.
   */
  async enter(draft: Draft): Promise<{ upload: UploadDoc; reservation: Reservation }> {
    const { aborter, quota, writes } = this.#deps;
    const { before, limitBytes } = draft;
    const upload = this.entryOf(draft);
    const bytes = Number(upload.expectedBytes ?? 0);
    const { entered, reserved } = this.writesOf(upload, bytes, limitBytes);
    const partIds = upload.resumable?.partIds ?? null;
    const results = await writes.run({
      before: before?.write,
      entered,
      reserved: partIds === null ? reserved : undefined,
    });
    if (before !== undefined && results.before === undefined) throw before.refusal;
    if (results.entered === undefined) throw new UploadTakenOverError();
    try {
      if (partIds !== null) return { upload, reservation: await this.#combine(upload, partIds) };
      // The refused write does not say why; this does, or finds room after all.
      if (results.reserved === undefined) await quota.reserve(keyOf(upload), bytes);
      return { upload, reservation: quota.hold(keyOf(upload), bytes, limitBytes) };
    } catch (error) {
      await aborter.abortQuietly(upload);
      throw error;
    }
  }

  /** @throws QuotaExceededError */
  async #combine(upload: UploadDoc, partIds: readonly Id[]): Promise<Reservation> {
    const { quota } = this.#deps;
    await quota.combine(keyOf(upload), partIds);
    const reservation = await quota.resume(keyOf(upload));
    await reservation.cover(Number(upload.expectedBytes));
    return reservation;
  }

  #newEntry(place: Place, intent: UploadIntent, known: Known): Draft["upload"] {
    const { blobs, now } = this.#deps;
    const { expectedBytes, onConflict, condition, claimedType } = intent;
    const blobId = newBlobId();
    return {
      _id: known.uploadId ?? newId(),
      ownerId: place.ownerId,
      actorId: place.actorId,
      parentId: place.folderId,
      name: parseName(intent.name).name,
      onConflict,
      condition,
      claimedType,
      expectedBytes: expectedBytes === undefined ? null : Long.fromNumber(expectedBytes),
      blobId,
      encryption: blobs.newDataKey(blobId),
      versionId: newId(),
      fileId: newId(),
      state: "receiving",
      sizeBytes: null,
      sha256: null,
      createdAt: now(),
      resumable: known.resumable ?? null,
    };
  }
}

const keyOf = ({ _id: uploadId, ownerId }: UploadDoc) => ({ ownerId, uploadId });

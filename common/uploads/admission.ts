import { Long } from "mongodb";
import type { Actor } from "../access/actor.js";
import { NameTakenError, parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { isConditionMet, type WriteCondition } from "../entries/write-condition.js";
import { PreconditionFailedError } from "../platform/errors.js";
import { type Id, newBlobId, newId } from "../platform/ids.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { LimitBytes, QuotaRepository } from "../quota/repository.js";
import { heldReservation, type Reservation, resumeReservation } from "../quota/reservation.js";
import type { Quota } from "../quota/service.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { Aborter } from "./aborter.js";
import { ContentTooLargeError, UploadExistsError } from "./errors.js";
import type { UploadsRepository } from "./repository.js";
import type { OnConflict, ResumableState, UploadDoc } from "./upload.js";

/** What a client says about content before it sends it. */
export interface UploadIntent {
  readonly name: string;
  readonly claimedType: string | null;
  /** `undefined` where no length is announced. */
  readonly expectedBytes: number | undefined;
  readonly onConflict: OnConflict;
  /** What has to be true of the name, first of all; `null` for nothing. */
  readonly condition: WriteCondition | null;
  /** The client sends nothing before it is told to (RFC 9110 §10.1.1): so what may be refused is refused first. Default: `false`. */
  readonly expectsContinue?: boolean;
}

/** What the upload is called, how long nobody but those who began an upload may work on it, and how it goes on. */
export interface Terms {
  readonly uploadId: Id;
  readonly leaseMs: number;
  readonly resumable: ResumableState | null;
}

/** An upload that may come, and is not in the ledger yet. Its client may take its time: its lease begins when it is entered. */
export interface PreparedUpload {
  readonly upload: Omit<UploadDoc, "leaseUntil">;
  readonly leaseMs: number;
  readonly limitBytes: LimitBytes;
}

/** What an upload that is entered now is in the ledger. */
export function ledgerEntry({ upload, leaseMs }: PreparedUpload, now: Date): UploadDoc {
  return { ...upload, leaseUntil: new Date(now.getTime() + leaseMs) };
}

export interface Admitted {
  readonly upload: UploadDoc;
  readonly reservation: Reservation;
}

interface Deps {
  readonly uploads: UploadsRepository;
  readonly writes: OrderedWrites;
  readonly files: Pick<EntriesRepository, "findLiveByName">;
  readonly blobs: Pick<BlobStore, "newDataKey">;
  readonly quota: Quota;
  readonly quotas: Pick<QuotaRepository, "reservation">;
  readonly aborter: Aborter;
  readonly now: () => Date;
  readonly maxFileBytes: number;
}

/** Decides whether content may come, and enters it in the ledger, before its first byte is read. */
export class Admission {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * What an upload is going to be in the ledger. Nothing is stored yet.
   *
   * @throws InvalidNameError, ContentTooLargeError, PreconditionFailedError, NameTakenError.
   */
  async prepare(actor: Actor, intent: UploadIntent, terms: Terms): Promise<PreparedUpload> {
    this.refuseTooLarge(intent.expectedBytes);
    const upload = this.#newEntry(actor, intent, terms);
    await this.#refuseForWhatIsThere(upload);
    return { upload, leaseMs: terms.leaseMs, limitBytes: actor.home.limitBytes };
  }

  /**
   * Enters a prepared upload in the ledger and reserves its bytes.
   *
   * @throws QuotaExceededError; nothing is stored then.
   * @throws UploadExistsError
   */
  async enter(prepared: PreparedUpload): Promise<Admitted> {
    const { quota, aborter, now } = this.#deps;
    const upload = ledgerEntry(prepared, now());
    const key = { quota, ownerId: upload.ownerId, uploadId: upload._id };
    const expectedBytes = Number(upload.expectedBytes ?? 0);
    const partIds = upload.resumable?.partIds ?? null;
    const isReserved = await this.#insert(
      upload,
      partIds === null ? { bytes: expectedBytes, limitBytes: prepared.limitBytes } : undefined,
    );
    try {
      if (partIds === null) {
        // It says why there is no room, or finds it after all.
        if (!isReserved) await quota.reserve(key, expectedBytes);
        return { upload, reservation: heldReservation(key, expectedBytes) };
      }
      await quota.combine(key, partIds);
      const reservation = await resumeReservation(key);
      await reservation.cover(expectedBytes);
      return { upload, reservation };
    } catch (error) {
      // What cannot be removed now is removed by the sweep.
      await aborter.abort(upload).catch(() => undefined);
      throw error;
    }
  }

  /** @throws ContentTooLargeError */
  refuseTooLarge(bytes = 0): void {
    const { maxFileBytes } = this.#deps;
    if (bytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
  }

  /** @returns Whether the bytes that are to be reserved are. @throws UploadExistsError */
  async #insert(
    upload: UploadDoc,
    room: { bytes: number; limitBytes: LimitBytes } | undefined,
  ): Promise<boolean> {
    const { writes, uploads, quotas } = this.#deps;
    const reservation = (bytes: number, limitBytes: LimitBytes) =>
      quotas.reservation(
        upload.ownerId,
        { uploadId: upload._id, bytes: Long.fromNumber(bytes) },
        limitBytes,
      );
    const { entered, reserved } = await writes.run({
      entered: uploads.insertion(upload),
      reserved: room && reservation(room.bytes, room.limitBytes),
    });
    if (entered === undefined) throw new UploadExistsError();
    return reserved !== undefined;
  }

  /** What is there decides when the upload is published; asking now saves sending what would be refused. */
  async #refuseForWhatIsThere(upload: PreparedUpload["upload"]): Promise<void> {
    const { condition, onConflict, name, ownerId, folderId: parentId } = upload;
    if (condition === null && onConflict !== "fail") return;
    const holder = await this.#deps.files.findLiveByName({ ownerId, parentId }, name);
    if (!isConditionMet(condition, holder)) throw new PreconditionFailedError();
    if (onConflict === "fail" && holder !== null) throw new NameTakenError(name);
  }

  #newEntry(
    actor: Actor,
    intent: UploadIntent,
    { uploadId, resumable }: Terms,
  ): PreparedUpload["upload"] {
    const { blobs, now } = this.#deps;
    const blobId = newBlobId();
    return {
      _id: uploadId,
      ownerId: actor.home.ownerId,
      folderId: actor.home.rootFolderId,
      name: parseName(intent.name).name,
      onConflict: intent.onConflict,
      condition: intent.condition,
      claimedType: intent.claimedType,
      expectedBytes:
        intent.expectedBytes === undefined ? null : Long.fromNumber(intent.expectedBytes),
      blobId,
      encryption: blobs.newDataKey(blobId),
      versionId: newId(),
      fileId: newId(),
      state: "receiving",
      sizeBytes: null,
      sha256: null,
      createdAt: now(),
      resumable,
    };
  }
}

import { Long } from "mongodb";
import type { Actor } from "../accounts/actor.js";
import { parseFileName } from "../files/name.js";
import type { FilesRepository } from "../files/repository.js";
import { newBlobId, newId } from "../platform/ids.js";
import { openReservation } from "../quota/reservation.js";
import type { Quota } from "../quota/service.js";
import { ContentTooLargeError, NameTakenError } from "./errors.js";
import { IncomingUpload, type IncomingUploadDeps } from "./incoming-upload.js";
import type { OnConflict, UploadDoc } from "./upload.js";

/** What a client says about content before it sends it. */
export interface UploadIntent {
  readonly name: string;
  readonly claimedType: string | null;
  /** `undefined` where no length is announced. */
  readonly expectedBytes: number | undefined;
  readonly onConflict: OnConflict;
}

interface Deps extends IncomingUploadDeps {
  readonly quota: Quota;
  readonly files: Pick<FilesRepository, "findLiveByName">;
}

/** The one way in for bytes, whatever door they come through. */
export class Uploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Enters an upload in the ledger and reserves its bytes, before the first of them is read.
   *
   * @throws InvalidNameError, ContentTooLargeError, NameTakenError, QuotaExceededError; nothing is stored then.
   */
  async begin(actor: Actor, intent: UploadIntent): Promise<IncomingUpload> {
    const { uploads, quota, aborter, maxFileBytes } = this.#deps;
    if (intent.expectedBytes !== undefined && intent.expectedBytes > maxFileBytes) {
      throw new ContentTooLargeError(maxFileBytes);
    }
    const upload = this.#newEntry(actor, intent);
    if (intent.onConflict === "fail") await this.#refuseTakenName(upload);
    await uploads.insert(upload);
    try {
      const key = { quota, ownerId: upload.ownerId, uploadId: upload._id };
      const reservation = await openReservation(key, intent.expectedBytes);
      return new IncomingUpload(this.#deps, upload, reservation);
    } catch (error) {
      // What cannot be removed now is removed by the sweep.
      await aborter.abort(upload).catch(() => undefined);
      throw error;
    }
  }

  /** Whether the name is free decides when the upload is published; asking now saves sending what would be refused. */
  async #refuseTakenName(upload: UploadDoc): Promise<void> {
    const holder = await this.#deps.files.findLiveByName(upload, upload.name);
    if (holder !== null) throw new NameTakenError(upload.name);
  }

  #newEntry(actor: Actor, intent: UploadIntent): UploadDoc {
    const { blobs, now, leaseMs } = this.#deps;
    const createdAt = now();
    const blobId = newBlobId();
    return {
      _id: newId(),
      ownerId: actor.accountId,
      folderId: actor.rootFolderId,
      name: parseFileName(intent.name).name,
      onConflict: intent.onConflict,
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
      createdAt,
      leaseUntil: new Date(createdAt.getTime() + leaseMs),
    };
  }
}

import type { Quota } from "../quota/service.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { UploadsRepository } from "./repository.js";
import type { UploadDoc } from "./upload.js";

interface Deps {
  readonly uploads: UploadsRepository;
  readonly versions: Pick<VersionsRepository, "removeStaged">;
  readonly blobs: Pick<BlobStore, "remove">;
  readonly quota: Pick<Quota, "release">;
}

/** Removes an upload that will not be published. Any process may repeat it after any crash. */
export class Aborter {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Removes the caller's own upload, unless it has left the state that it is given in, or is published. */
  async abort(upload: UploadDoc): Promise<void> {
    if (upload.state === "published") return;
    if (await this.#deps.uploads.decideToAbort(upload)) await this.#remove(upload);
  }

  /** {@link abort} for callers that have an error to report already. The sweep removes what cannot be removed now. */
  async abortQuietly(upload: UploadDoc): Promise<void> {
    await this.abort(upload).catch(() => undefined);
  }

  /** Removes the upload of a process that is gone, unless its lease was renewed since it was read. */
  async takeOver(upload: UploadDoc): Promise<void> {
    if (await this.#deps.uploads.takeOverToAbort(upload)) await this.#remove(upload);
  }

  async #remove(upload: UploadDoc): Promise<void> {
    const { ownerId, _id: uploadId } = upload;
    const { uploads, versions, blobs, quota } = this.#deps;
    await versions.removeStaged(ownerId, upload.versionId);
    await blobs.remove(upload.blobId);
    await quota.release({ ownerId, uploadId });
    // The ledger entry goes last: whatever a crash interrupts above, the sweep finds the entry and repeats.
    await uploads.remove(ownerId, uploadId);
  }
}

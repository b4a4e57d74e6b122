import type { Id } from "../platform/ids.js";
import type { Settlement } from "../quota/settlement.js";
import type { Quota } from "../quota/service.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import type { FilesRepository } from "./repository.js";

interface Deps {
  readonly files: FilesRepository;
  readonly versions: VersionsRepository;
  readonly uploads: Pick<UploadsRepository, "remove">;
  readonly blobs: Pick<BlobStore, "remove">;
  readonly quota: Pick<Quota, "releaseOnce">;
  readonly settlement: Settlement;
}

/** Names a file whose removal began. */
export interface PurgeTarget {
  readonly ownerId: Id;
  readonly fileId: Id;
}

/**
 * Removes what a deleted file leaves behind. The marked file goes last: whatever a crash interrupts here, the sweep finds the
 * mark and repeats, and every line may run twice.
 */
export class FilePurge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run({ ownerId, fileId }: PurgeTarget, signal: AbortSignal): Promise<void> {
    const { files, versions, quota } = this.#deps;
    const file = await files.findPurging(ownerId, fileId);
    if (file === null) return;
    for (const version of await versions.listPublished(ownerId, fileId)) {
      signal.throwIfAborted();
      await this.#removeVersion(version);
    }
    await quota.releaseOnce(ownerId, fileId, { bytes: 0, files: 1 });
    await files.remove(ownerId, fileId);
  }

  async #removeVersion({ _id, ownerId, uploadId, blobId, sizeBytes }: VersionDoc): Promise<void> {
    const { versions, uploads, blobs, quota, settlement } = this.#deps;
    // What was never counted cannot be taken out of the count.
    await settlement.run({ ownerId, uploadId });
    await blobs.remove(blobId);
    await quota.releaseOnce(ownerId, blobId.toHexString(), { bytes: Number(sizeBytes), files: 0 });
    await uploads.remove(ownerId, uploadId);
    await versions.remove(ownerId, _id);
  }
}

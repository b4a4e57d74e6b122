import type { Id } from "../platform/ids.js";
import type { Settlement } from "./settlement.js";
import type { Quota } from "../quota/service.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import type { EntriesRepository } from "../entries/repository.js";

interface Deps {
  readonly entries: EntriesRepository;
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
    const { entries, versions, quota } = this.#deps;
    const file = await entries.findPurging(ownerId, fileId);
    if (file === null) return;
    for (const version of await versions.listPublished(ownerId, fileId)) {
      signal.throwIfAborted();
      await this.#removeVersion(version);
    }
    await quota.releaseOnce(ownerId, fileId, { bytes: 0, files: 1 });
    await entries.remove(ownerId, fileId);
  }

  async #removeVersion(listed: VersionDoc): Promise<void> {
    const { versions, uploads, quota, settlement } = this.#deps;
    const { ownerId, _id, uploadId, sizeBytes } = listed;
    // What was never counted cannot be taken out of the count.
    await settlement.run({ ownerId, uploadId });
    await this.#removeBlobs(listed);
    await quota.releaseOnce(ownerId, _id, { bytes: Number(sizeBytes), files: 0 });
    await uploads.remove(ownerId, uploadId);
    // A copy may take the place of its blob meanwhile: the version goes only when nothing is left of any of them.
    let version: VersionDoc | null = listed;
    while (version !== null && !(await versions.remove(version))) {
      version = await versions.find(ownerId, _id);
      if (version !== null) await this.#removeBlobs(version);
    }
  }

  async #removeBlobs({ blobId, replacementBlobId, replacedBlobId }: VersionDoc): Promise<void> {
    for (const id of [blobId, replacementBlobId, replacedBlobId]) {
      if (id !== undefined) await this.#deps.blobs.remove(id);
    }
  }
}

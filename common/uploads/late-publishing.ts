import type { FileEntry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { VersionsRepository } from "../versions/repository.js";
import { UploadExpiredError } from "./errors.js";
import type { PublishableUpload, Published } from "./upload.js";

interface Deps {
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly blobs: Pick<BlobStore, "find">;
  readonly now: () => Date;
}

/**
 * Cleans up after a publisher that continues after its lease has ended. Another process may have published the upload, and the file may
 * have been deleted and purged. The late inserts still succeed, but the updates that confirm the version and close the upload match
 * nothing: that is the sign.
 */
export class LatePublishing {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param closing - How many documents the confirmation of the version and the end of the ledger entry have matched.
   * @throws UploadExpiredError when the upload had been published, and its file removed, before.
   */
  async check(
    upload: PublishableUpload,
    published: Published,
    { confirmed, closed }: Record<"confirmed" | "closed", number | undefined>,
  ): Promise<Published> {
    if (confirmed === 0 && published.isNewFile) await this.#takeBackIfRemoved(published.file);
    if (closed === 0 && published.isNewFile) await this.#purgeIfPurged(upload);
    return published;
  }

  /** Removes the version that was staged for an upload which is purged already. @throws UploadExpiredError in that case. */
  async refusePurged(upload: PublishableUpload): Promise<void> {
    if (!(await this.#isPurged(upload))) return;
    await this.#deps.versions.removeStaged(upload.ownerId, upload.versionId);
    throw new UploadExpiredError();
  }

  /** A purge removes the blob before the version; a copy takes the blob's place in the version before the blob goes. */
  async #isPurged({ ownerId, versionId, blobId }: PublishableUpload): Promise<boolean> {
    const { versions, blobs } = this.#deps;
    if ((await blobs.find(blobId)) !== undefined) return false;
    const version = await versions.find(ownerId, versionId);
    return version === null || version.blobId.equals(blobId);
  }

  async #purgeIfPurged(upload: PublishableUpload): Promise<void> {
    const { entries, now } = this.#deps;
    if (!(await this.#isPurged(upload))) return;
    let file: FileEntry | null;
    do {
      file = await entries.findLiveFile(upload.ownerId, upload.fileId);
    } while (file?.versionId === upload.versionId && !(await entries.markPurging(file, now())));
    throw new UploadExpiredError();
  }

  async #takeBackIfRemoved({ ownerId, _id, versionId }: FileEntry): Promise<void> {
    const { versions, entries } = this.#deps;
    if ((await versions.find(ownerId, versionId)) !== null) return;
    await entries.removeShowing(ownerId, _id, versionId);
    throw new UploadExpiredError();
  }
}

import type { FileEntry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { Quota } from "../quota/service.js";
import type { VersionsRepository } from "../versions/repository.js";
import { NotFoundError } from "../platform/errors.js";
import { UploadExpiredError } from "./errors.js";
import type { PublishableUpload, Published } from "./upload.js";

interface Deps {
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly references: Pick<BlobReferences, "isHeld">;
  readonly quota: Pick<Quota, "releaseOnce">;
  readonly now: () => Date;
}

/**
 * Checks a file after it was published, when it is known what happened meanwhile.
 *
 * A publisher may continue after its lease has ended. Another process may have published the upload, and the file may have been deleted
 * and purged. The late inserts still succeed, but the updates that confirm the version and close the upload match nothing: that is the
 * sign.
 *
 * The folder, or one above it, may have been deleted since the upload was admitted. A new file in it would be found by nobody, and
 * missed by a purge that has passed.
 */
export class LatePublishing {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param closing - How many documents the confirmation of the version and the end of the ledger entry have matched.
   * @throws UploadExpiredError when the upload had been published, and its file removed, before.
   * @throws NotFoundError when the folder of a new file was deleted.
   */
  async check(
    upload: PublishableUpload,
    published: Published,
    { confirmed, closed }: Record<"confirmed" | "closed", number | undefined>,
  ): Promise<Published> {
    if (confirmed === 0 && published.isNewFile) await this.#takeBackIfRemoved(published.file);
    if (closed === 0 && published.isNewFile) await this.#purgeIfPurged(upload);
    // Who closes the upload answers its client: nobody has been told of the file yet.
    if (closed === 1 && published.isNewFile) await this.#purgeIfUnreachable(upload, published.file);
    return published;
  }

  /** @throws NotFoundError when the folder of an upload was deleted. */
  async refuseUnreachable(upload: PublishableUpload): Promise<void> {
    if (!(await this.#isReachable(upload, upload))) throw new NotFoundError("folder");
  }

  /** Removes the version that was staged for an upload which is purged already. @throws UploadExpiredError in that case. */
  async refusePurged(upload: PublishableUpload): Promise<void> {
    if (!(await this.#isPurged(upload))) return;
    await this.#deps.versions.removeStaged(upload.ownerId, upload.versionId);
    throw new UploadExpiredError();
  }

  /** A purge releases the blob before the version goes; a copy takes the blob's place in the version before the blob is released. */
  async #isPurged({ ownerId, versionId, blobId }: PublishableUpload): Promise<boolean> {
    const { versions, references } = this.#deps;
    if (await references.isHeld(blobId, versionId)) return false;
    const version = await versions.find(ownerId, versionId);
    return version === null || version.blobId.equals(blobId);
  }

  async #isReachable(
    { rootFolderId }: PublishableUpload,
    lies: Pick<FileEntry, "ownerId" | "parentId">,
  ): Promise<boolean> {
    return (await this.#deps.entries.foldersAbove(lies, rootFolderId)) !== null;
  }

  /** A file that another request has changed since was found by it: so its folder was restored. */
  async #purgeIfUnreachable(upload: PublishableUpload, file: FileEntry): Promise<void> {
    const { entries, now } = this.#deps;
    if (await this.#isReachable(upload, file)) return;
    if (await entries.markPurging(file, now())) throw new NotFoundError("folder");
  }

  async #purgeIfPurged(upload: PublishableUpload): Promise<void> {
    if (!(await this.#isPurged(upload))) return;
    let isOver = false;
    while (!isOver) isOver = await this.#purgeAgain(upload);
    throw new UploadExpiredError();
  }

  /** @returns `false` when somebody has changed the file meanwhile. */
  async #purgeAgain({ ownerId, fileId, versionId }: PublishableUpload): Promise<boolean> {
    const { entries, quota, now } = this.#deps;
    const file = await entries.findLiveFile(ownerId, fileId);
    if (file?.versionId !== versionId) return true;
    // It lives again: the first purge was over, and has taken both out of the usage. The marks tell the second one.
    await quota.releaseOnce(ownerId, versionId, { bytes: 0, files: 0 });
    await quota.releaseOnce(ownerId, fileId, { bytes: 0, files: 0 });
    return entries.markPurging(file, now());
  }

  async #takeBackIfRemoved(file: FileEntry): Promise<void> {
    const { versions, entries } = this.#deps;
    const { ownerId, _id, versionId } = file;
    const version = await versions.find(ownerId, versionId);
    // Another process has shown it in the file that had the name before, and which was removed.
    if (version?.fileId === _id) return;
    await entries.removeShowing(file);
    throw new UploadExpiredError();
  }
}

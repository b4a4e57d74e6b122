import type { Quota } from "../quota/service.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { LinkUploads } from "./link-uploads.js";
import type { UploadsRepository } from "./repository.js";
import type { UploadDoc } from "./upload.js";

interface Deps {
  readonly uploads: UploadsRepository;
  readonly versions: Pick<VersionsRepository, "find" | "removeStaged">;
  readonly references: Pick<BlobReferences, "release">;
  readonly quota: Pick<Quota, "release">;
  readonly linkUploads: Pick<LinkUploads, "giveBack">;
  /** Finishes an upload later that this process has given up, and could not remove. */
  readonly finishLater: (upload: UploadDoc) => void;
}

/** Removes an upload that will not be published. Any process may repeat it after any crash. */
export class Aborter {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Removes the caller's own upload, unless it has left the state that it is given in, or is published. What cannot be done now is done
   * as soon as the store is back.
   */
  async abort(upload: UploadDoc): Promise<void> {
    if (upload.state === "published") return;
    try {
      if (await this.#deps.uploads.decideToAbort(upload)) await this.#remove(upload);
      else if (!(await this.removeForgotten(upload))) this.#deps.finishLater(upload);
    } catch (error) {
      this.#deps.finishLater(upload);
      throw error;
    }
  }

  /** {@link abort} for callers that have an error to report already. */
  async abortQuietly(upload: UploadDoc): Promise<void> {
    await this.abort(upload).catch(() => undefined);
  }

  /** Removes the upload of a process that is gone. @returns `false` when its lease was renewed since it was read. */
  async takeOver(upload: UploadDoc): Promise<boolean> {
    const isTaken = await this.#deps.uploads.takeOverToAbort(upload);
    if (isTaken) await this.#remove(upload);
    return isTaken;
  }

  /**
   * Removes what this process has committed after another one had removed the upload from the ledger: nothing would find it any more. What was
   * published has a version before it leaves the ledger.
   *
   * @returns Whether the upload is in the ledger no more.
   */
  async removeForgotten({ ownerId, _id, versionId, blobId }: UploadDoc): Promise<boolean> {
    const { uploads, versions, references } = this.#deps;
    if ((await uploads.find(ownerId, _id)) !== null) return false;
    if ((await versions.find(ownerId, versionId)) === null) {
      await references.release(blobId, versionId);
    }
    return true;
  }

  async #remove(upload: UploadDoc): Promise<void> {
    const { ownerId, _id: uploadId } = upload;
    const { uploads, versions, references, quota, linkUploads } = this.#deps;
    await versions.removeStaged(ownerId, upload.versionId);
    await references.release(upload.blobId, upload.versionId);
    await quota.release({ ownerId, uploadId });
    await linkUploads.giveBack(upload);
    // The ledger entry goes last: whatever a crash interrupts above, the sweep finds the entry and repeats.
    await uploads.remove(ownerId, uploadId);
  }
}

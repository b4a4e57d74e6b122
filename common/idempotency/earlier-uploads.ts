import type { FileEntry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Id } from "../platform/ids.js";
import type { Aborter } from "../uploads/aborter.js";
import type { Published } from "../uploads/upload.js";
import type { Publisher } from "../uploads/publisher.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import { shownBy, type VersionDoc } from "../versions/version.js";
import type { HeldKey } from "./held-key.js";

interface Deps {
  readonly uploads: Pick<UploadsRepository, "find">;
  readonly versions: Pick<VersionsRepository, "findByUpload">;
  readonly entries: Pick<EntriesRepository, "findFile">;
  readonly publisher: Pick<Publisher, "settle">;
  readonly aborter: Pick<Aborter, "abort">;
}

/** Finds out, or decides, what became of the uploads of an earlier try. */
export class EarlierUploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * {@link settle} for all uploads of a key that was taken over. When that fails, the key is released.
   *
   * @returns Those that were published, by upload.
   */
  async settleOf(held: HeldKey): Promise<Map<Id, Published>> {
    const published = new Map<Id, Published>();
    try {
      for (const { ownerId, uploadId } of held.entry.files.filter((file) => file !== null)) {
        const found = await this.settle(ownerId, uploadId);
        if (found !== undefined) published.set(uploadId, found);
      }
    } catch (error) {
      await held.release(() => Promise.resolve(true));
      throw error;
    }
    return published;
  }

  /**
   * Publishes an upload that was decided, and removes one that was not: afterwards no process can publish it any more.
   *
   * @returns As the upload was published, whatever became of its file since; `undefined` when it was not.
   */
  async settle(ownerId: Id, uploadId: Id): Promise<Published | undefined> {
    const { uploads, publisher, aborter } = this.#deps;
    for (;;) {
      const upload = await uploads.find(ownerId, uploadId);
      if (upload === null) return this.#findPublished(ownerId, uploadId);
      // Either may come too late when its process lives after all: then the next query shows what that has made of it.
      if (!(await publisher.settle(upload))) await aborter.abort(upload);
    }
  }

  async #findPublished(ownerId: Id, uploadId: Id): Promise<Published | undefined> {
    const { versions, entries } = this.#deps;
    const version = await versions.findByUpload(ownerId, uploadId);
    if (version === null || version.state === "staged") return undefined;
    const file = await entries.findFile(ownerId, version.fileId);
    if (file === null) return undefined;
    const isNewFile = file.createdByUploadId === uploadId;
    return { file: whenShown(file, version), isNewFile, isSettled: false };
  }
}

/** A file as it was when it began to show a version. */
function whenShown(file: FileEntry, version: VersionDoc): FileEntry {
  const isShown = file.versionId === version._id;
  return { ...file, ...shownBy(version), updatedAt: isShown ? file.updatedAt : version.createdAt };
}

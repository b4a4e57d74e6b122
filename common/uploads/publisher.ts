import { Long } from "mongodb";
import type { FileEntry } from "../entries/entry.js";
import { type EntryName, NameTakenError, parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { isConditionMet } from "../entries/write-condition.js";
import { type AppError, PreconditionFailedError } from "../platform/errors.js";
import type { OrderedWrites, WriteResults } from "../platform/ordered-writes.js";
import type { Write } from "../platform/write.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import { UploadExpiredError } from "./errors.js";
import { newFile, shownBy, stagedVersion } from "./published-documents.js";
import type { UploadsRepository } from "./repository.js";
import type { PublishableUpload } from "./upload.js";

interface Deps {
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
  readonly files: EntriesRepository;
  readonly blobs: Pick<BlobStore, "find">;
  readonly writes: OrderedWrites;
  readonly quotas: Pick<QuotaRepository, "settlement">;
  readonly now: () => Date;
  /** How long a resumable upload stays in the ledger after it was published, in milliseconds. */
  readonly receiptMs: number;
}

/** A published upload. */
export interface Published {
  readonly file: FileEntry;
  /** Whether the name was free: a new file, not a new version of one. */
  readonly isNewFile: boolean;
  /** Whether its reservation has become usage already. */
  readonly isSettled: boolean;
}

/** What is written once a file shows the version: that it does, and that nothing is left to be done. */
type Closing = Record<"confirmed" | "closed", Write>;

/** What publishes an upload whose name is free, in this order. */
type Showing = Record<"staged" | "shown" | "settled", Write> & Closing;

/** The first try to publish an upload. */
export interface FirstTry {
  /** None where the name has to be looked at first. */
  readonly writes: Partial<Showing>;
  /**
   * @param results - Those of the writes.
   * @throws As {@link Publisher.publish}.
   */
  readonly finish: (results: WriteResults<Partial<Showing>>) => Promise<Published>;
}

/**
 * Shows a committed blob under a name: as a new file, or as the next version of the one that has the name.
 *
 * May be repeated after any crash and by anybody. What makes that safe: the version stays `staged` until its file shows
 * it, and whoever is about to replace or remove what a file shows confirms that version first. So a staged version that
 * its file does not show was never shown. Each look at what is there begins with a look at the version, and what is written
 * is compared with what was seen: so no condition holds on a state that was gone by then.
 */
export class Publisher {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @throws {@link PreconditionFailedError} where the request's condition does not hold; nothing was published then.
   * @throws {@link NameTakenError} where the request says `fail` and the name is taken; nothing was published then.
   * @throws {@link UploadExpiredError} when the upload had been published, and its file removed, before.
   */
  async publish(upload: PublishableUpload): Promise<Published> {
    let published: Published | undefined;
    while (published === undefined) {
      const version = await this.#stage(upload);
      published = (await this.#findShown(upload, version)) ?? (await this.#show(upload, version));
    }
    return this.#finish(upload, published);
  }

  /**
   * The same by the process that decides it: as nobody can have tried before, it looks at nothing, and its writes may follow the
   * decision in one command. It looks where one of them is refused.
   *
   * @param heldBytes - How much the upload has reserved: that becomes usage at once.
   */
  firstTry(upload: PublishableUpload, heldBytes: number): FirstTry {
    if (upload.condition !== null) return { writes: {}, finish: () => this.publish(upload) };
    const { versions, files, quotas, now } = this.#deps;
    const reservation = { uploadId: upload._id, bytes: Long.fromNumber(heldBytes) };
    const used = { bytes: Number(upload.sizeBytes), files: 1 };
    const file = newFile(upload, parseName(upload.name), now());
    return {
      writes: {
        staged: versions.insertion(stagedVersion(upload, now())),
        shown: files.insertion(file),
        settled: quotas.settlement(upload.ownerId, reservation, used),
        ...this.#closing(upload, file),
      },
      finish: async ({ staged, shown, settled, ...closing }) => {
        const published = { file, isNewFile: true, isSettled: settled === 1 };
        if (shown !== undefined) return this.#checkClosed(upload, published, closing);
        if (staged !== undefined) await this.#refusePurged(upload);
        return this.publish(upload);
      },
    };
  }

  async #finish(upload: PublishableUpload, published: Published): Promise<Published> {
    const results = await this.#deps.writes.run(this.#closing(upload, published.file));
    return this.#checkClosed(upload, published, results);
  }

  /** The client of a resumable upload may have missed the answer, and asks again: so its ledger entry stays for a while. */
  #closing(upload: PublishableUpload, file: FileEntry): Closing {
    const { uploads, versions, now, receiptMs } = this.#deps;
    const confirmed = versions.confirmation(upload.ownerId, upload.versionId);
    if (upload.resumable === null) return { confirmed, closed: uploads.removal(upload) };
    const until = new Date(now().getTime() + receiptMs);
    return { confirmed, closed: uploads.receipt(upload, file._id, until) };
  }

  async #checkClosed(
    upload: PublishableUpload,
    published: Published,
    { confirmed, closed }: WriteResults<Partial<Closing>>,
  ): Promise<Published> {
    if (confirmed === 0 && published.isNewFile) await this.#takeBackIfRemoved(published.file);
    if (closed === 0 && published.isNewFile) await this.#purgeIfPurged(upload);
    return published;
  }

  async #refusePurged(upload: PublishableUpload): Promise<void> {
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

  /** What a publisher that slept through its lease has shown after all of it had been removed for good goes the same way again. */
  async #purgeIfPurged(upload: PublishableUpload): Promise<void> {
    const { files, now } = this.#deps;
    if (!(await this.#isPurged(upload))) return;
    let file: FileEntry | null;
    do {
      file = await files.findLiveFile(upload.ownerId, upload.fileId);
    } while (file?.versionId === upload.versionId && !(await files.markPurging(file, now())));
    throw new UploadExpiredError();
  }

  async #stage(upload: PublishableUpload): Promise<VersionDoc> {
    const { versions, blobs, uploads } = this.#deps;
    const known = await versions.find(upload.ownerId, upload.versionId);
    if (known !== null) return known;
    // A purge removes the blob before the version: a blob that is gone says that all of this was over already.
    if ((await blobs.find(upload.blobId)) === undefined) {
      await uploads.remove(upload.ownerId, upload._id);
      throw new UploadExpiredError();
    }
    return versions.stage(stagedVersion(upload, this.#deps.now()));
  }

  /** What an earlier try, or somebody else's, has made of the upload. */
  async #findShown(upload: PublishableUpload, version: VersionDoc): Promise<Published | undefined> {
    const target = await this.#deps.files.findFile(upload.ownerId, version.fileId);
    const isShown = version.state !== "staged" || target?.versionId === version._id;
    return target === null || !isShown ? undefined : publishedAs(target, upload);
  }

  /** @returns `undefined` when somebody else changed what is there meanwhile. */
  async #show(upload: PublishableUpload, version: VersionDoc): Promise<Published | undefined> {
    const { condition, onConflict } = upload;
    const name = parseName(upload.name);
    const place = { ownerId: upload.ownerId, parentId: upload.folderId };
    const holder = await this.#deps.files.findLiveByName(place, name.nameKey);
    if (holder?.kind === "file" && holder.versionId === version._id) {
      return publishedAs(holder, upload);
    }
    if (!isConditionMet(condition, holder)) {
      return this.#refuse(version, new PreconditionFailedError());
    }
    if (holder === null) return this.#add(upload, version, name);
    if (onConflict === "rename") {
      return this.#add(upload, version, await this.#deps.files.findFreeName(place, name));
    }
    // A folder has no versions.
    if (onConflict === "version" && holder.kind === "file") return this.#replace(holder, version);
    return this.#refuse(version, new NameTakenError(upload.name));
  }

  /** What somebody else has published meanwhile is not refused any more. */
  async #refuse({ ownerId, _id }: VersionDoc, refusal: AppError): Promise<undefined> {
    const version = await this.#deps.versions.find(ownerId, _id);
    if (version?.state === "staged") throw refusal;
  }

  async #add(
    upload: PublishableUpload,
    version: VersionDoc,
    name: EntryName,
  ): Promise<Published | undefined> {
    const file = newFile(upload, name, this.#deps.now());
    await this.#assign(version, file._id);
    const isAdded = await this.#deps.files.insert(file);
    return isAdded ? { file, isNewFile: true, isSettled: false } : undefined;
  }

  async #replace(holder: FileEntry, version: VersionDoc): Promise<Published | undefined> {
    const { files, versions, now } = this.#deps;
    await versions.confirm(holder.ownerId, holder.versionId);
    await this.#assign(version, holder._id);
    const file = await files.showVersion(holder, { ...shownBy(version), updatedAt: now() });
    return file === null ? undefined : { file, isNewFile: false, isSettled: false };
  }

  async #assign(version: VersionDoc, fileId: FileEntry["_id"]): Promise<void> {
    if (version.fileId === fileId) return;
    await this.#deps.versions.assign(version.ownerId, version._id, fileId);
    version.fileId = fileId;
  }

  /** A publisher that slept through its lease may find that its version was shown, and removed for good, by others. */
  async #takeBackIfRemoved({ ownerId, _id, versionId }: FileEntry): Promise<void> {
    const { versions, files } = this.#deps;
    if ((await versions.find(ownerId, versionId)) !== null) return;
    await files.removeShowing(ownerId, _id, versionId);
    throw new UploadExpiredError();
  }
}

const publishedAs = (file: FileEntry, { _id }: PublishableUpload): Published => ({
  file,
  isNewFile: file.createdByUploadId === _id,
  isSettled: false,
});

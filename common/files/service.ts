import type { Granted } from "../access/grants.js";
import type { FileEntry, Folder } from "../entries/entry.js";
import type { EntryListing, EntryPage, EntryQuery } from "../entries/listing.js";
import type { EntriesRepository } from "../entries/repository.js";
import { NotFoundError } from "../platform/errors.js";
import { type ByteWindow, type StoredBlob, verifiedContent } from "../storage/blob-reader.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { ContentGate } from "../versions/content-gate.js";
import { shownBy, shownFindings, type VersionDoc } from "../versions/version.js";

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLiveFile">;
  readonly listing: EntryListing;
  readonly versions: Pick<VersionsRepository, "find">;
  readonly blobs: Pick<BlobStore, "findServed" | "read">;
  readonly contentGate: Pick<ContentGate, "requireServed">;
  readonly damagedBlobs: Pick<DamagedBlobs, "noteUnreadable">;
}

/** A file and its bytes, which never change under the version that it shows. */
export interface FileContent {
  readonly file: FileEntry;
  readonly sizeBytes: number;
  /**
   * @throws NotFoundError when the file was deleted meanwhile.
   * @throws DamagedContentError when the stored bytes are not what was written.
   */
  read(window: ByteWindow): AsyncGenerator<Buffer, void, undefined>;
}

/** What can be done with files. */
export class Files {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The files of a folder, without its folders. @throws InvalidCursorError */
  list({ entry }: Granted<Folder, "read">, query: EntryQuery): Promise<EntryPage<FileEntry>> {
    return this.#deps.listing.files({ ownerId: entry.ownerId, parentId: entry._id }, query);
  }

  /**
   * Queries the blob, so that `HEAD` fails as `GET` does.
   *
   * @throws QuarantinedError, ContentNotReadyError
   * @throws DamagedContentError when the content is not there.
   */
  open({ entry }: Granted<FileEntry, "read">): Promise<FileContent> {
    return this.#open(entry);
  }

  /** {@link open} for one of the file's versions: what comes is the file as if it showed that version. */
  openVersion({ entry }: Granted<FileEntry, "read">, version: VersionDoc): Promise<FileContent> {
    const { createdAt: updatedAt } = version;
    return this.#open({ ...entry, ...shownBy(version), ...shownFindings(version), updatedAt });
  }

  async #open(file: FileEntry): Promise<FileContent> {
    await this.#deps.contentGate.requireServed(file);
    try {
      const blob = await this.#findBlob(file);
      return { file, sizeBytes: blob.sizeBytes, read: (window) => this.#read(file, blob, window) };
    } catch (error) {
      throw await this.#withDamageNoted(file, error);
    }
  }

  async #findBlob(file: FileEntry): Promise<StoredBlob> {
    const blob = (await this.#deps.blobs.findServed(file.blobId)) ?? (await this.#findCopy(file));
    if (blob === undefined) {
      throw new DamagedContentError(file.blobId, "its blobs.files document is missing");
    }
    if (blob.sizeBytes !== Number(file.sizeBytes)) {
      throw new DamagedContentError(file.blobId, "its length is not the length that was stored");
    }
    return blob;
  }

  /** A copy may have replaced the blob since the file was read: the version names it. */
  async #findCopy({ ownerId, versionId }: FileEntry): Promise<StoredBlob | undefined> {
    const { blobs, versions } = this.#deps;
    const version = await versions.find(ownerId, versionId);
    return version === null ? undefined : blobs.findServed(version.blobId);
  }

  /**
   * Encrypted content is verified frame by frame, in any window. Unencrypted content is compared with its digest, before its
   * last piece leaves, where all of it is read.
   */
  async *#read(file: FileEntry, blob: StoredBlob, window: ByteWindow) {
    const content = this.#deps.blobs.read(blob, window);
    const isWhole = window.first === 0 && window.last === blob.sizeBytes - 1;
    const isVerified = blob.cipher !== undefined || !isWhole;
    try {
      yield* isVerified ? content : verifiedContent(blob, content, file.sha256);
    } catch (error) {
      throw await this.#withDamageNoted(file, error);
    }
  }

  /** Content of a file, or of a version, that was deleted meanwhile is not damaged. Damage goes to the operator's list. */
  async #withDamageNoted({ ownerId, _id, versionId }: FileEntry, error: unknown): Promise<unknown> {
    if (!(error instanceof DamagedContentError)) return error;
    if ((await this.#deps.entries.findLiveFile(ownerId, _id)) === null)
      return new NotFoundError("file");
    const version = await this.#deps.versions.find(ownerId, versionId);
    if (version === null || version.purgingSince !== undefined) return new NotFoundError("version");
    // The log says it too, and the scrub finds it again.
    await this.#deps.damagedBlobs.noteUnreadable(error).catch(() => undefined);
    return error;
  }
}

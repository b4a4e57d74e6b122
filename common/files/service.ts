import type { Actor } from "../access/actor.js";
import { NotFoundError, PreconditionFailedError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { ByteWindow } from "../storage/blob-reader.js";
import type { StoredBlob } from "../storage/stored-blob.js";
import type { BlobStore } from "../storage/blob-store.js";
import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import { DamagedContentError } from "../storage/errors.js";
import { verifiedContent } from "../storage/verified-content.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { FileDoc } from "./file.js";
import type { FileListing, FilePage, FileQuery } from "./listing.js";
import type { FilesRepository } from "./repository.js";
import { isConditionMet, type WriteCondition } from "./write-condition.js";

interface Deps {
  readonly files: FilesRepository;
  readonly listing: FileListing;
  readonly versions: Pick<VersionsRepository, "confirm" | "find">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly damagedBlobs: Pick<DamagedBlobs, "noteUnreadable">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** A file and its bytes, which never change under the version that it shows. */
export interface FileContent {
  readonly file: FileDoc;
  readonly sizeBytes: number;
  /**
   * @throws NotFoundError when the file was deleted meanwhile.
   * @throws DamagedContentError when the stored bytes are not what was written.
   */
  read(window: ByteWindow): AsyncGenerator<Buffer, void, undefined>;
}

/** What an account can do with its files. Somebody else's file is a file that does not exist. */
export class Files {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  list(actor: Actor, query: FileQuery): Promise<FilePage> {
    return this.#deps.listing.page(actor, query);
  }

  /** @throws NotFoundError */
  async get(actor: Actor, fileId: Id): Promise<FileDoc> {
    return refuseMissing(await this.#deps.files.findLive(actor.home.ownerId, fileId));
  }

  /**
   * @throws NotFoundError
   * @throws DamagedContentError when the file is there and its content is not.
   */
  async open(actor: Actor, fileId: Id): Promise<FileContent> {
    const file = await this.get(actor, fileId);
    try {
      const blob = await this.#findBlob(file);
      return { file, sizeBytes: blob.sizeBytes, read: (window) => this.#read(file, blob, window) };
    } catch (error) {
      throw await this.#withDamageNoted(file, error);
    }
  }

  async #findBlob(file: FileDoc): Promise<StoredBlob> {
    const blob = (await this.#deps.blobs.find(file.blobId)) ?? (await this.#findCopy(file));
    if (blob === undefined) {
      throw new DamagedContentError(file.blobId, "its blobs.files document is missing");
    }
    if (blob.sizeBytes !== Number(file.sizeBytes)) {
      throw new DamagedContentError(file.blobId, "its length is not the length that was stored");
    }
    return blob;
  }

  /** A copy may have taken the place of the blob since the file was read: the version knows where it is. */
  async #findCopy({ ownerId, versionId }: FileDoc): Promise<StoredBlob | undefined> {
    const { blobs, versions } = this.#deps;
    const version = await versions.find(ownerId, versionId);
    return version === null ? undefined : blobs.find(version.blobId);
  }

  /**
   * Sealed content is verified frame by frame, in any window. Of plain content only the whole can be held against its digest,
   * on the way out and before its last piece leaves.
   */
  async *#read(file: FileDoc, blob: StoredBlob, window: ByteWindow) {
    const content = this.#deps.blobs.read(blob, window);
    const isWhole = window.first === 0 && window.last === blob.sizeBytes - 1;
    const isVerified = blob.cipher !== undefined || !isWhole;
    try {
      yield* isVerified ? content : verifiedContent(blob, content, file.sha256);
    } catch (error) {
      throw await this.#withDamageNoted(file, error);
    }
  }

  /** What is missing of a file that was deleted meanwhile is not damaged; what is damaged stands on the operator's list. */
  async #withDamageNoted({ ownerId, _id }: FileDoc, error: unknown): Promise<unknown> {
    if (!(error instanceof DamagedContentError)) return error;
    if ((await this.#deps.files.findLive(ownerId, _id)) === null) return new NotFoundError("file");
    // The log says it too, and the scrub finds it again.
    await this.#deps.damagedBlobs.noteUnreadable(error).catch(() => undefined);
    return error;
  }

  /**
   * From the moment this resolves the file is gone for every reader; its bytes go afterwards.
   *
   * @throws NotFoundError
   * @throws PreconditionFailedError when the file is not as the condition says.
   */
  async remove(actor: Actor, fileId: Id, condition: WriteCondition | null): Promise<void> {
    const { files, versions, jobs, now } = this.#deps;
    for (;;) {
      const file = await this.get(actor, fileId);
      if (!isConditionMet(condition, file)) throw new PreconditionFailedError();
      // A version that its file shows is confirmed before the file goes: see Publisher.
      await versions.confirm(file.ownerId, file.versionId);
      if (await files.markPurging(file, now())) {
        jobs.enqueue({ name: "file.purge", data: { ownerId: file.ownerId, fileId } });
        return;
      }
    }
  }
}

function refuseMissing(file: FileDoc | null): FileDoc {
  if (file === null) throw new NotFoundError("file");
  return file;
}

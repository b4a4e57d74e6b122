import type { Actor } from "../accounts/actor.js";
import { NotFoundError, PreconditionFailedError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { ByteWindow, StoredBlob } from "../storage/blob-reader.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
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
    return refuseMissing(await this.#deps.files.findLive(actor.accountId, fileId));
  }

  /**
   * @throws NotFoundError
   * @throws DamagedContentError when the file is there and its content is not.
   */
  async open(actor: Actor, fileId: Id): Promise<FileContent> {
    const file = await this.get(actor, fileId);
    const blob = await this.#findBlob(file);
    if (blob === undefined) {
      // Somebody may have deleted it between the two reads; then it is only not there.
      await this.get(actor, fileId);
      throw new DamagedContentError(file.blobId, "its blobs.files document is missing");
    }
    if (blob.sizeBytes !== Number(file.sizeBytes)) {
      throw new DamagedContentError(file.blobId, "its length is not the length that was stored");
    }
    return { file, sizeBytes: blob.sizeBytes, read: (window) => this.#read(file, blob, window) };
  }

  /** A copy may have taken the place of the blob since the file was read: the version knows where it is. */
  async #findBlob({ ownerId, versionId, blobId }: FileDoc): Promise<StoredBlob | undefined> {
    const { blobs, versions } = this.#deps;
    const blob = await blobs.find(blobId);
    if (blob !== undefined) return blob;
    const version = await versions.find(ownerId, versionId);
    return version === null ? undefined : blobs.find(version.blobId);
  }

  /** What is missing of a file that was deleted meanwhile is not damaged. */
  async *#read({ ownerId, _id }: FileDoc, blob: StoredBlob, window: ByteWindow) {
    try {
      yield* this.#deps.blobs.read(blob, window);
    } catch (error) {
      if (error instanceof DamagedContentError) {
        refuseMissing(await this.#deps.files.findLive(ownerId, _id));
      }
      throw error;
    }
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
      if (condition !== null && !isConditionMet(condition, file)) {
        throw new PreconditionFailedError();
      }
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

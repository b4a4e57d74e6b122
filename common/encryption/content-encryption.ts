import type { EntriesRepository } from "../entries/repository.js";
import { newBlobId } from "../platform/ids.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import type { BlobReferences } from "../storage/blob-references.js";
import type { BlobStore, NewBlob } from "../storage/blob-store.js";
import { DamagedContentError } from "../storage/errors.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";
import type { OnProgress } from "../platform/progress.js";
import type { EncryptionRepository, PlainBlob } from "./repository.js";

interface Deps {
  readonly repository: EncryptionRepository;
  readonly versions: VersionsRepository;
  readonly entries: Pick<EntriesRepository, "showCopy">;
  readonly blobs: BlobStore;
  readonly references: Pick<BlobReferences, "forget">;
  readonly quarantine: Pick<BlobQuarantine, "restrictionsOf">;
  readonly signal: AbortSignal;
  /** Told in bytes. */
  readonly onProgress: OnProgress;
}

/** What was encrypted. */
export interface Encrypted {
  readonly blobs: number;
  readonly bytes: number;
  /** How many plain blobs belong to no published version: uploads on their way in. */
  readonly left: number;
  readonly faults: readonly string[];
}

/**
 * Encrypts what was stored before keys were set: copies each plain blob to an encrypted one, which then takes its place.
 *
 * Each step is one compare-and-set of one document, so readers, deletes and uploads go on meanwhile, and all of it may be
 * interrupted and repeated: the version names the copy before its first byte (the orphan sweep keeps off); it takes the copy
 * for its own and keeps the name of the former blob; the file follows; the former blob's `blobs.files` document goes, and then
 * its name. The former chunks are left to running downloads, and then to the orphan sweep.
 */
export class ContentEncryption {
  readonly #deps: Deps;
  readonly #faults: string[] = [];
  #blobs = 0;
  #bytes = 0;
  #left = 0;
  #seenBytes = 0;
  #totalBytes = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws Whatever `signal` is aborted with; nothing half-done remains then. */
  async run(): Promise<Encrypted> {
    const { repository, versions } = this.#deps;
    for (const version of await versions.listReplaced()) await this.#finish(version);
    const use = await repository.listUse();
    this.#totalBytes = use.find(({ keyId }) => keyId === null)?.storedBytes ?? 0;
    this.#tell(0);
    let blobs = await repository.listPlain(null);
    for (let last = blobs.at(-1); last !== undefined; last = blobs.at(-1)) {
      for (const blob of blobs) await this.#encrypt(blob);
      blobs = await repository.listPlain(last.blobId);
    }
    return { blobs: this.#blobs, bytes: this.#bytes, left: this.#left, faults: this.#faults };
  }

  async #encrypt({ blobId, sizeBytes }: PlainBlob): Promise<void> {
    const { repository, signal } = this.#deps;
    signal.throwIfAborted();
    // Copies share a blob. Each version gets one of its own.
    let version = await this.#next(blobId);
    try {
      while (version !== undefined && (await this.#replace(version))) {
        this.#blobs += 1;
        this.#bytes += sizeBytes;
        version = await this.#next(blobId);
      }
    } catch (error) {
      if (!(error instanceof DamagedContentError)) throw error;
      // What was deleted meanwhile is not damaged.
      if (!(await repository.exists(blobId))) return;
      this.#faults.push(`version ${version?._id}, blob ${blobId.toHexString()}: ${error.reason}`);
    }
  }

  /** A published version that has a blob; `undefined` when no version has it any more, or only what is on its way in. */
  async #next(blobId: PlainBlob["blobId"]): Promise<VersionDoc | undefined> {
    const named = await this.#deps.versions.listByBlobs([blobId]);
    const isLeft = named.every(({ state }) => state === "staged");
    if (isLeft && (await this.#deps.repository.exists(blobId))) this.#left += 1;
    return named.find(({ state }) => state !== "staged");
  }

  /** Resolves to `false` when the version was changed or removed meanwhile. */
  async #replace(version: VersionDoc): Promise<boolean> {
    const { versions, blobs, quarantine } = this.#deps;
    const blobId = newBlobId();
    const marked = await versions.markReplacement(version, blobId);
    if (marked === null) return false;
    // What an interrupted run had begun.
    if (version.replacementBlobId !== undefined) await blobs.remove(version.replacementBlobId);
    const encryption = blobs.newDataKey(blobId);
    await this.#copy(marked, {
      blobId,
      encryption,
      versionId: version._id,
      copyOf: version.blobId,
      restrictions: await quarantine.restrictionsOf(version.blobId),
    });
    // Should this fail without an answer, the copy may be the version's blob already: only the next run can tell.
    const replaced = await versions.showReplacement(marked);
    if (replaced === null) await blobs.remove(blobId);
    else await this.#finish(replaced);
    return replaced !== null;
  }

  /** Leaves nothing behind when it fails. @throws {@link DamagedContentError} when what is stored is not what was uploaded. */
  async #copy(marked: VersionDoc, copy: NewBlob): Promise<void> {
    const { versions, blobs } = this.#deps;
    const writer = blobs.openWriter(copy);
    try {
      for await (const bytes of this.#read(marked)) await writer.append(bytes);
      const written = await writer.finish();
      if (written.sha256 !== marked.sha256 || written.sizeBytes !== Number(marked.sizeBytes)) {
        throw new DamagedContentError(marked.blobId, "its digest is not that of what was uploaded");
      }
      await blobs.commit(copy, written);
    } catch (error) {
      await writer.quiesce();
      await blobs.remove(copy.blobId);
      await versions.unmarkReplacement(marked);
      throw error;
    }
  }

  async *#read({ blobId }: VersionDoc): AsyncGenerator<Buffer, void, undefined> {
    const { blobs, signal } = this.#deps;
    const blob = await blobs.find(blobId);
    if (blob === undefined) throw new DamagedContentError(blobId, "it is missing");
    for await (const bytes of blobs.read(blob, { first: 0, last: blob.sizeBytes - 1 })) {
      signal.throwIfAborted();
      yield bytes;
      this.#tell(bytes.length);
    }
  }

  async #finish(replaced: VersionDoc): Promise<void> {
    const { entries, references, versions } = this.#deps;
    if (replaced.replacedBlobId === undefined) return;
    await entries.showCopy(replaced);
    await references.forget(replaced.replacedBlobId, replaced._id);
    await versions.forgetReplaced(replaced);
  }

  #tell(bytes: number): void {
    this.#seenBytes += bytes;
    const done = this.#seenBytes;
    this.#deps.onProgress({ done, total: Math.max(done, this.#totalBytes) });
  }
}

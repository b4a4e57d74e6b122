import { Long } from "mongodb";
import type { Place } from "../access/grants.js";
import { newId, type Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { Upload, Uploads } from "../uploads/service.js";
import type { UploadIntent, Published } from "../uploads/upload.js";
import { type IdempotencyEntry, type KeyedFile, type StoredAnswer } from "./entry.js";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "./errors.js";
import { KeyedUpload, RepeatedUpload } from "./keyed-upload.js";
import type { IdempotencyRepository } from "./repository.js";

/**
 * A request that stores something: `admit` its files one after the other, receive them, ask `findAnswer` when all have come, publish
 * them unless there is an answer, then `finish`. `release` ends it at any time: what it has not published is removed.
 */
export interface UploadRequest {
  /**
   * Admits the next file: as a new upload, or, with a key, as a comparison with the file that an earlier try has stored.
   *
   * @throws As `Uploads.admit`.
   * @throws IdempotencyKeyReusedError when the request before had no such file.
   * @throws IdempotencyKeyInUseError when another try has taken the request over.
   */
  admit(place: Place, intent: UploadIntent): Promise<Upload>;
  /**
   * What the same request was answered before; `undefined` when its files are to be published.
   *
   * @throws IdempotencyKeyReusedError when files are missing that an earlier try has stored.
   */
  findAnswer(): StoredAnswer | undefined;
  /** Keeps the answer for the client that sends the request again. */
  finish(answer: StoredAnswer): Promise<void>;
  /** Does nothing once the request is finished. Never fails: what cannot be removed now is removed by the sweep. */
  release(): Promise<void>;
}

export interface KeyedRequestDeps {
  readonly keys: IdempotencyRepository;
  readonly uploads: Uploads;
  readonly now: () => Date;
  /** How long the request belongs to a process that is silent, in milliseconds. */
  readonly leaseMs: number;
  /** How long an answer is kept, in milliseconds. */
  readonly ttlMs: number;
}

/** One try of a request with a key. Its lease is renewed until it is finished or released. */
export class KeyedRequest implements UploadRequest {
  readonly #deps: KeyedRequestDeps;
  readonly #entry: IdempotencyEntry;
  readonly #published: ReadonlyMap<Id, Published>;
  readonly #own: KeyedUpload[] = [];
  #renewal: NodeJS.Timeout | undefined;
  #admittedFiles = 0;
  #isOver: boolean;

  /** @param published - What earlier tries have published, by upload. */
  constructor(
    deps: KeyedRequestDeps,
    entry: IdempotencyEntry,
    published: ReadonlyMap<Id, Published>,
  ) {
    this.#deps = deps;
    this.#entry = entry;
    this.#published = published;
    this.#isOver = entry.answer !== null;
    if (this.#isOver) return;
    this.#renewal = setInterval(() => void this.#renewLease(), deps.leaseMs / 3);
    this.#renewal.unref();
  }

  async admit(place: Place, intent: UploadIntent): Promise<Upload> {
    const index = this.#admittedFiles;
    this.#admittedFiles += 1;
    const known = this.#entry.files[index];
    if (known !== undefined && this.#isStored(known)) {
      if (known.name !== intent.name) throw new IdempotencyKeyReusedError();
      return new RepeatedUpload(known.content, this.#published.get(known.uploadId));
    }
    if (this.#entry.answer !== null) throw new IdempotencyKeyReusedError();
    const { name } = intent;
    const file: KeyedFile = { name, ownerId: place.ownerId, uploadId: newId(), content: null };
    const { keys, uploads } = this.#deps;
    const { uploadId } = file;
    // The entry names the upload before the ledger has it.
    const before = { write: keys.fileWrite(this.#entry, index, file), refusal: takenOver() };
    const admitted = await uploads.admit(place, intent, { uploadId, before });
    const upload = new KeyedUpload(admitted, async (received) => {
      const stored = { ...file, content: contentOf(received) };
      if (!(await keys.setFile(this.#entry, index, stored))) throw takenOver();
    });
    this.#own.push(upload);
    return upload;
  }

  findAnswer(): StoredAnswer | undefined {
    const { answer, files } = this.#entry;
    const missing = files.slice(this.#admittedFiles);
    if (missing.some((file) => this.#isStored(file))) throw new IdempotencyKeyReusedError();
    return answer ?? undefined;
  }

  async finish(answer: StoredAnswer): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    // A try that has taken the request over finds what was published, and gives the same answer.
    await this.#deps.keys.finish(this.#entry, answer, this.#times().expiresAt);
  }

  /** The next try may begin at once: with what is stored; or, when nothing is, as if there had been no request. */
  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    const { keys, now } = this.#deps;
    try {
      for (const upload of this.#own) if (!upload.mayBePublished) await upload.abort();
      const isAnyStored =
        this.#published.size > 0 || this.#own.some(({ mayBePublished }) => mayBePublished);
      if (isAnyStored) await keys.release(this.#entry, now());
      else await keys.remove(this.#entry);
    } catch {
      // The lease ends by itself, and the next try settles what this one has begun.
    }
  }

  #end(): void {
    this.#isOver = true;
    clearInterval(this.#renewal);
  }

  #isStored(file: KeyedFile): file is KeyedFile & { content: NonNullable<KeyedFile["content"]> } {
    const isPublished = this.#entry.answer !== null || this.#published.has(file.uploadId);
    return file.content !== null && isPublished;
  }

  #times() {
    const { now, leaseMs, ttlMs } = this.#deps;
    const at = now().getTime();
    return { leaseUntil: new Date(at + leaseMs), expiresAt: new Date(at + ttlMs) };
  }

  async #renewLease(): Promise<void> {
    // A renewal that fails is tried again after a third of the lease; a lost lease shows before anything is published.
    await this.#deps.keys.renew(this.#entry, this.#times()).catch(() => false);
  }
}

const takenOver = () => new IdempotencyKeyInUseError({ retryAfterSeconds: 1 });

const contentOf = ({ sizeBytes, sha256 }: WrittenBlob) => ({
  sizeBytes: Long.fromNumber(sizeBytes),
  sha256,
});

import { Long } from "mongodb";
import type { Actor } from "../access/actor.js";
import { newId, type Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { UploadIntent } from "../uploads/admission.js";
import type { UploadSteps } from "../uploads/incoming-upload.js";
import type { Published } from "../uploads/publisher.js";
import type { Uploads } from "../uploads/service.js";
import type { IdempotencyEntry, KeyedFile, StoredAnswer } from "./entry.js";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "./errors.js";
import { KeyedUpload, RepeatedUpload } from "./keyed-upload.js";
import type { IdempotencyRepository } from "./repository.js";

export interface KeyedRequestDeps {
  readonly entries: IdempotencyRepository;
  readonly uploads: Uploads;
  readonly now: () => Date;
  /** How long the request stays with a process that is silent, in milliseconds. */
  readonly leaseMs: number;
  /** How long an answer is kept, in milliseconds. */
  readonly ttlMs: number;
}

interface Options {
  readonly actor: Actor;
  readonly entry: IdempotencyEntry;
  /** What earlier tries have published, by upload. */
  readonly published: ReadonlyMap<Id, Published>;
}

/** One try of a request with a key: `begin` for each file, `findAnswer` when all have come, then `finish`; or `release`. */
export class KeyedRequest {
  readonly #deps: KeyedRequestDeps;
  readonly #options: Options;
  readonly #own: KeyedUpload[] = [];
  #renewal: NodeJS.Timeout | undefined;
  #begunFiles = 0;

  constructor(deps: KeyedRequestDeps, options: Options) {
    this.#deps = deps;
    this.#options = options;
    if (options.entry.answer !== null) return;
    this.#renewal = setInterval(() => void this.#renewLease(), deps.leaseMs / 3);
    this.#renewal.unref();
  }

  /**
   * Begins the next file: as a new upload, or as a comparison with what is stored already.
   *
   * @throws IdempotencyKeyReusedError when the first request had no such file; and what `Uploads.begin` throws.
   * @throws IdempotencyKeyInUseError when another try works on the request by now.
   */
  async begin(intent: UploadIntent): Promise<UploadSteps> {
    const { actor, entry, published } = this.#options;
    const index = this.#begunFiles;
    this.#begunFiles += 1;
    const known = entry.files[index];
    if (known !== undefined && this.#isStored(known)) {
      if (known.name !== intent.name) throw new IdempotencyKeyReusedError();
      return new RepeatedUpload(known.content, published.get(known.uploadId));
    }
    if (entry.answer !== null) throw new IdempotencyKeyReusedError();
    const file: KeyedFile = { name: intent.name, uploadId: newId(), content: null };
    await this.#setFile(index, file);
    const upload = new KeyedUpload(
      await this.#deps.uploads.begin(actor, intent, file.uploadId),
      (received) => this.#setFile(index, { ...file, content: contentOf(received) }),
    );
    this.#own.push(upload);
    return upload;
  }

  /**
   * The first answer, if there was one; else what has come is to be published. To be asked when all files have come.
   *
   * @throws IdempotencyKeyReusedError when files are missing that are stored already.
   */
  findAnswer(): StoredAnswer | undefined {
    const { answer, files } = this.#options.entry;
    const missing = files.slice(this.#begunFiles);
    if (missing.some((file) => this.#isStored(file))) throw new IdempotencyKeyReusedError();
    return answer ?? undefined;
  }

  /** Keeps the answer for those who ask again. */
  async finish(answer: StoredAnswer): Promise<void> {
    const { entries } = this.#deps;
    clearInterval(this.#renewal);
    // Whoever took the request over meanwhile finds what was published, and gives the same answer.
    await entries.finish(this.#options.entry, answer, this.#times().expiresAt);
  }

  /**
   * Ends a try without an answer to keep, and takes away what it has not published. The next may begin at once: where something
   * is stored, with the rest; where nothing is, as if there had been no request.
   */
  async release(): Promise<void> {
    const { entries, now } = this.#deps;
    const { entry, published } = this.#options;
    clearInterval(this.#renewal);
    if (entry.answer !== null) return;
    for (const upload of this.#own) {
      if (!upload.mayBeShown) await upload.abort();
    }
    const isAnyStored = published.size > 0 || this.#own.some(({ mayBeShown }) => mayBeShown);
    if (isAnyStored) await entries.release(entry, now());
    else await entries.remove(entry);
  }

  #isStored(file: KeyedFile): file is KeyedFile & { content: NonNullable<KeyedFile["content"]> } {
    const { entry, published } = this.#options;
    return file.content !== null && (entry.answer !== null || published.has(file.uploadId));
  }

  async #setFile(index: number, file: KeyedFile): Promise<void> {
    if (await this.#deps.entries.setFile(this.#options.entry, index, file)) return;
    throw new IdempotencyKeyInUseError({ retryAfterSeconds: 1 });
  }

  #times() {
    const { now, leaseMs, ttlMs } = this.#deps;
    const at = now().getTime();
    return { leaseUntil: new Date(at + leaseMs), expiresAt: new Date(at + ttlMs) };
  }

  async #renewLease(): Promise<void> {
    // A renewal that fails is tried again in a third of the lease; a lost lease shows before anything is published.
    await this.#deps.entries.renew(this.#options.entry, this.#times()).catch(() => false);
  }
}

const contentOf = ({ sizeBytes, sha256 }: WrittenBlob) => ({
  sizeBytes: Long.fromNumber(sizeBytes),
  sha256,
});

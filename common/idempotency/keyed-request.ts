import { createHash } from "node:crypto";
import { Long } from "mongodb";
import type { Place } from "../access/grants.js";
import { newId, type Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { Upload, Uploads } from "../uploads/service.js";
import type { UploadIntent, Published } from "../uploads/upload.js";
import type { KeyedFile, StoredAnswer } from "./entry.js";
import { IdempotencyKeyReusedError } from "./errors.js";
import { type HeldKey, takenOver } from "./held-key.js";
import { KeyedUpload, RepeatedUpload } from "./keyed-upload.js";
import type { IdempotencyRepository } from "./repository.js";

export type FindPlace = () => Promise<Place>;

/**
 * A request that stores something: `admit` its files one after the other, receive them, ask `findAnswer` when all have come, publish
 * them unless there is an answer, then `finish`. `release` ends it at any time: what it has not published is removed.
 */
export interface UploadRequest {
  /** Whether an earlier try has stored files. These need no place any more. */
  readonly isRepeat: boolean;
  /**
   * Admits the next file: as a new upload, or, with a key, as a comparison with the file that an earlier try has stored.
   *
   * @param findPlace - Where the file goes; asked only for a new upload.
   * @param where - What the body of the request says about that: the same request says the same. Default: nothing.
   * @throws As `Uploads.admit`, and whatever `findPlace` throws.
   * @throws IdempotencyKeyReusedError when the request before had no such file.
   * @throws IdempotencyKeyInUseError when another try has taken the request over.
   */
  admit(findPlace: FindPlace, intent: UploadIntent, where?: string): Promise<Upload>;
  /**
   * What the same request was answered before; `undefined` when its files are to be published.
   *
   * @throws IdempotencyKeyReusedError when files are missing that an earlier try has stored.
   */
  findAnswer(): StoredAnswer | undefined;
  /** Keeps the answer for the client that sends the request again. */
  finish(answer: StoredAnswer): Promise<void>;
  /** Does nothing once the request is finished. Never fails: what cannot be removed now is removed as soon as the store is back. */
  release(): Promise<void>;
}

export interface KeyedRequestDeps {
  readonly keys: IdempotencyRepository;
  readonly uploads: Uploads;
}

type StoredFile = KeyedFile & { content: NonNullable<KeyedFile["content"]> };

/** One try of a request with a key. */
export class KeyedRequest implements UploadRequest {
  readonly #deps: KeyedRequestDeps;
  readonly #held: HeldKey;
  readonly #published: ReadonlyMap<Id, Published>;
  readonly #own: KeyedUpload[] = [];
  #admittedFiles = 0;

  /** @param published - What earlier tries have published, by upload. */
  constructor(deps: KeyedRequestDeps, held: HeldKey, published: ReadonlyMap<Id, Published>) {
    this.#deps = deps;
    this.#held = held;
    this.#published = published;
  }

  get #entry() {
    return this.#held.entry;
  }

  get isRepeat(): boolean {
    return this.#entry.answer !== null || this.#published.size > 0;
  }

  async admit(findPlace: FindPlace, intent: UploadIntent, said = ""): Promise<Upload> {
    const index = this.#admittedFiles;
    this.#admittedFiles += 1;
    const known = this.#entry.files[index] ?? null;
    if (this.#isStored(known)) {
      const isSame = known.name === intent.name && known.where === digestOf(said);
      if (!isSame) throw new IdempotencyKeyReusedError();
      return new RepeatedUpload(known.content, this.#published.get(known.uploadId));
    }
    if (this.#entry.answer !== null) throw new IdempotencyKeyReusedError();
    const { name } = intent;
    const place = await findPlace();
    const where = digestOf(said);
    const file: KeyedFile = {
      ...{ name, ownerId: place.ownerId, uploadId: newId(), content: null },
      ...(where !== undefined && { where }),
    };
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

  finish(answer: StoredAnswer): Promise<void> {
    return this.#held.finish(answer);
  }

  release(): Promise<void> {
    return this.#held.release(async () => {
      for (const upload of this.#own) if (!upload.mayBePublished) await upload.abort();
      return this.#published.size > 0 || this.#own.some(({ mayBePublished }) => mayBePublished);
    });
  }

  #isStored(file: KeyedFile | null): file is StoredFile {
    if (file === null) return false;
    const isPublished = this.#entry.answer !== null || this.#published.has(file.uploadId);
    return file.content !== null && isPublished;
  }
}

/** So that any number of long paths fits into one document. */
const digestOf = (said: string) =>
  said === "" ? undefined : createHash("sha256").update(said).digest("base64url");

const contentOf = ({ sizeBytes, sha256 }: WrittenBlob) => ({
  sizeBytes: Long.fromNumber(sizeBytes),
  sha256,
});

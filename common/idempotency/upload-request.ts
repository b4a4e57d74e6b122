import type { Place } from "../access/grants.js";
import type { Upload, Uploads } from "../uploads/service.js";
import type { UploadIntent } from "../uploads/upload.js";
import type { StoredAnswer } from "./entry.js";

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

/** A request without a key: nothing is kept, and what is released is aborted. */
export class KeylessRequest implements UploadRequest {
  readonly #uploads: Uploads;
  readonly #admitted: Upload[] = [];

  constructor(uploads: Uploads) {
    this.#uploads = uploads;
  }

  async admit(place: Place, intent: UploadIntent): Promise<Upload> {
    const upload = await this.#uploads.admit(place, intent);
    this.#admitted.push(upload);
    return upload;
  }

  findAnswer(): undefined {
    return undefined;
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async release(): Promise<void> {
    for (const upload of this.#admitted) await upload.abort().catch(() => undefined);
  }
}

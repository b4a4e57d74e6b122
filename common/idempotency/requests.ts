import type { Actor } from "../access/actor.js";
import { newId, type Id } from "../platform/ids.js";
import type { Place } from "../access/grants.js";
import type { Upload, Uploads } from "../uploads/service.js";
import type { UploadIntent, Published } from "../uploads/upload.js";
import type { EarlierUploads } from "./earlier-uploads.js";
import { type IdempotencyEntry } from "./entry.js";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "./errors.js";
import { KeyedRequest, type KeyedRequestDeps, type UploadRequest } from "./keyed-request.js";

/** A key, and what tells the request from others that have it. */
export interface RequestKey {
  /** The client's name for the request; each account has keys of its own. */
  readonly key: string;
  /** Digest of what the request says before its body: two requests with different ones are not the same. */
  readonly requestDigest: string;
}

interface Deps extends KeyedRequestDeps {
  readonly earlierUploads: EarlierUploads;
}

/**
 * Lets a request be sent again under the same key without storing anything twice (The Idempotency-Key HTTP Header Field,
 * draft-ietf-httpapi-idempotency-key-header). One try at a time works on a request, under a lease; a try that takes the request over
 * first settles what the try before has begun. A request without a key is handled by the same calls.
 */
export class UploadRequests {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param key - `undefined` when the request has none.
   * @throws IdempotencyKeyInUseError while another try is under way.
   * @throws IdempotencyKeyReusedError when the key names another request.
   */
  async begin(actor: Actor, key: RequestKey | undefined): Promise<UploadRequest> {
    return key === undefined ? new KeylessRequest(this.#deps.uploads) : this.#open(actor.id, key);
  }

  async #open(actorId: Id, { key, requestDigest }: RequestKey): Promise<KeyedRequest> {
    const { keys, now } = this.#deps;
    for (;;) {
      const files: IdempotencyEntry["files"] = [];
      const hold = this.#newHold();
      const entry = { _id: newId(), actorId, key, requestDigest, files, answer: null, ...hold };
      if (await keys.insert(entry)) return this.#request(entry);
      const known = await keys.find(actorId, key);
      if (known === null) continue;
      // MongoDB removes what has expired now and then, not at once.
      if (known.expiresAt < now()) await keys.remove(known);
      else {
        const request = await this.#goOn(known, requestDigest);
        if (request !== undefined) return request;
      }
    }
  }

  /** @returns `undefined` when another try has taken the request over. */
  async #goOn(known: IdempotencyEntry, requestDigest: string): Promise<KeyedRequest | undefined> {
    if (known.requestDigest !== requestDigest) throw new IdempotencyKeyReusedError();
    if (known.answer !== null) return this.#request(known);
    const leftMs = known.leaseUntil.getTime() - this.#deps.now().getTime();
    if (leftMs > 0)
      throw new IdempotencyKeyInUseError({ retryAfterSeconds: Math.ceil(leftMs / 1000) });
    const entry = await this.#deps.keys.takeOver(known, this.#newHold());
    if (entry === null) return undefined;
    return this.#request(entry, await this.#settle(entry));
  }

  async #settle({ files }: IdempotencyEntry): Promise<Map<Id, Published>> {
    const published = new Map<Id, Published>();
    for (const { ownerId, uploadId } of files) {
      const found = await this.#deps.earlierUploads.settle(ownerId, uploadId);
      if (found !== undefined) published.set(uploadId, found);
    }
    return published;
  }

  #request(
    entry: IdempotencyEntry,
    published: ReadonlyMap<Id, Published> = new Map(),
  ): KeyedRequest {
    return new KeyedRequest(this.#deps, entry, published);
  }

  #newHold() {
    const { now, leaseMs, ttlMs } = this.#deps;
    const at = now().getTime();
    return {
      attempt: newId(),
      leaseUntil: new Date(at + leaseMs),
      expiresAt: new Date(at + ttlMs),
    };
  }
}

/** A request without a key: nothing is kept, and what is released is aborted. */
class KeylessRequest implements UploadRequest {
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

import type { Actor } from "../access/actor.js";
import { newId, type Id } from "../platform/ids.js";
import type { Published } from "../uploads/publisher.js";
import type { EarlierUploads } from "./earlier-uploads.js";
import type { IdempotencyEntry } from "./entry.js";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "./errors.js";
import { KeyedRequest, type KeyedRequestDeps } from "./keyed-request.js";

interface Deps extends KeyedRequestDeps {
  readonly earlierUploads: EarlierUploads;
}

/** A request that has a key. */
export interface RequestKey {
  /** What the client has named the request; each account has keys of its own. */
  readonly key: string;
  /** What the request says before its body: two requests are only the same where this is. */
  readonly requestDigest: string;
}

/**
 * Lets a request be sent again under the same key without storing anything twice (The Idempotency-Key HTTP Header Field,
 * draft-ietf-httpapi-idempotency-key-header). One try at a time works on a request, under a lease; whoever takes it over first
 * settles what the try before has begun.
 */
export class IdempotencyKeys {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @throws IdempotencyKeyInUseError while another try is under way.
   * @throws IdempotencyKeyReusedError when the key names another request.
   */
  async open(actor: Actor, { key, requestDigest }: RequestKey): Promise<KeyedRequest> {
    const { entries, now } = this.#deps;
    const ownerId = actor.id;
    for (;;) {
      const entry = this.#newEntry({ ownerId, key, requestDigest });
      if (await entries.insert(entry)) return this.#request(actor, entry);
      const known = await entries.find(ownerId, key);
      if (known === null) continue;
      // MongoDB removes what has expired now and then, not at once.
      if (known.expiresAt < now()) await entries.remove(known);
      else {
        const request = await this.#goOn(actor, known, requestDigest);
        if (request !== undefined) return request;
      }
    }
  }

  /** @returns `undefined` when somebody else goes on with it. */
  async #goOn(
    actor: Actor,
    known: IdempotencyEntry,
    requestDigest: string,
  ): Promise<KeyedRequest | undefined> {
    if (known.requestDigest !== requestDigest) throw new IdempotencyKeyReusedError();
    if (known.answer !== null) return this.#request(actor, known);
    const leftMs = known.leaseUntil.getTime() - this.#deps.now().getTime();
    if (leftMs > 0) {
      throw new IdempotencyKeyInUseError({ retryAfterSeconds: Math.ceil(leftMs / 1000) });
    }
    const entry = await this.#deps.entries.takeOver(known, this.#newHold());
    if (entry === null) return undefined;
    return this.#request(actor, entry, await this.#settle(entry));
  }

  async #settle({ ownerId, files }: IdempotencyEntry): Promise<Map<Id, Published>> {
    const published = new Map<Id, Published>();
    for (const { uploadId } of files) {
      const found = await this.#deps.earlierUploads.settle(ownerId, uploadId);
      if (found !== undefined) published.set(uploadId, found);
    }
    return published;
  }

  #request(
    actor: Actor,
    entry: IdempotencyEntry,
    published: ReadonlyMap<Id, Published> = new Map(),
  ): KeyedRequest {
    return new KeyedRequest(this.#deps, { actor, entry, published });
  }

  #newEntry(request: RequestKey & { readonly ownerId: Id }): IdempotencyEntry {
    return { _id: newId(), ...request, files: [], answer: null, ...this.#newHold() };
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

import type { Actor } from "../access/actor.js";
import { newId, type Id } from "../platform/ids.js";
import type { IdempotencyEntry } from "./entry.js";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "./errors.js";
import { HeldKey, type HeldKeyDeps } from "./held-key.js";

/** A key, and what tells the request from others that have it. */
export interface RequestKey {
  /** The client's name for the request; each account has keys of its own, and so has each root folder. */
  readonly key: string;
  /** Digest of what the request says before its body: two requests with different ones are not the same. */
  readonly requestDigest: string;
}

/** A key that a try may work under. */
export interface KeyClaim {
  readonly held: HeldKey;
  /** Whether the try before has died or given up: what it has begun is to be settled. */
  readonly isTakenOver: boolean;
}

/** Gives each key to one try at a time, under a lease. */
export class KeyClaims {
  readonly #deps: HeldKeyDeps;

  constructor(deps: HeldKeyDeps) {
    this.#deps = deps;
  }

  /**
   * @throws IdempotencyKeyInUseError while another try is under way.
   * @throws IdempotencyKeyReusedError when the key names another request.
   */
  async claim(actor: Actor, given: RequestKey): Promise<KeyClaim> {
    const { keys, now } = this.#deps;
    const { requestDigest } = given;
    const key = storedKey(actor, given);
    for (;;) {
      const files: IdempotencyEntry["files"] = [];
      const about = { _id: newId(), actorId: actor.id, key, requestDigest };
      const entry = { ...about, files, answer: null, ...this.#newHold() };
      if (await keys.insert(entry)) return this.#hold(entry);
      const known = await keys.find(actor.id, key);
      if (known === null) continue;
      // MongoDB removes what has expired now and then, not at once.
      if (known.expiresAt < now()) await keys.remove(known);
      else {
        const claim = await this.#goOn(known, requestDigest);
        if (claim !== undefined) return claim;
      }
    }
  }

  /** @returns `undefined` when another try has taken the request over. */
  async #goOn(known: IdempotencyEntry, requestDigest: string): Promise<KeyClaim | undefined> {
    if (known.requestDigest !== requestDigest) throw new IdempotencyKeyReusedError();
    if (known.answer !== null) return this.#hold(known);
    const leftMs = known.leaseUntil.getTime() - this.#deps.now().getTime();
    if (leftMs > 0)
      throw new IdempotencyKeyInUseError({ retryAfterSeconds: Math.ceil(leftMs / 1000) });
    const entry = await this.#deps.keys.takeOver(known, this.#newHold());
    return entry === null ? undefined : this.#hold(entry, true);
  }

  #hold(entry: IdempotencyEntry, isTakenOver = false): KeyClaim {
    return { held: new HeldKey(this.#deps, entry), isTakenOver };
  }

  #newHold(): { attempt: Id; leaseUntil: Date; expiresAt: Date } {
    const { now, leaseMs, ttlMs } = this.#deps;
    const at = now().getTime();
    return {
      attempt: newId(),
      leaseUntil: new Date(at + leaseMs),
      expiresAt: new Date(at + ttlMs),
    };
  }
}

/**
 * A credential that may not leave a folder has keys of its own: it must not learn what was answered elsewhere, and its root is another
 * folder. A client's key has no space.
 */
function storedKey({ rootFolderId }: Actor, { key }: RequestKey): string {
  return rootFolderId === null ? key : `${rootFolderId} ${key}`;
}

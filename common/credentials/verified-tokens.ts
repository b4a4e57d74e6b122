import { createHash } from "node:crypto";
import type { Id } from "../platform/ids.js";

/** Each takes some 200 bytes. */
const MOST_TOKENS = 5000;

/** A token whose key was taken out of the configuration is remembered by no process: it reads its configuration once. */
const LONGEST_MS = 30_000;

interface Verified {
  readonly familyId: Id;
  /** Milliseconds since 1970 UTC. */
  readonly until: number;
}

/**
 * The access tokens whose signature was verified lately. Verifying one costs 0.2 ms of processor time, as much as all the rest of a small request. Whether the family
 * of a token still exists is asked at each request, whatever is remembered here.
 */
export class VerifiedTokens {
  /** By digest, the latest last. */
  readonly #tokens = new Map<string, Verified>();

  /** The family of a token that was remembered; `undefined` when it was not, or is to be verified again. */
  familyOf(token: string, now: Date): Id | undefined {
    const found = this.#tokens.get(digestOf(token));
    return found !== undefined && now.getTime() < found.until ? found.familyId : undefined;
  }

  /** Remembers a token for half a minute, and not longer than it is valid. The oldest of 5,000 makes room. */
  add(token: string, familyId: Id, { now, expiresAt }: { now: Date; expiresAt: Date }): void {
    const digest = digestOf(token);
    this.#tokens.delete(digest);
    const until = Math.min(now.getTime() + LONGEST_MS, expiresAt.getTime());
    this.#tokens.set(digest, { familyId, until });
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MOST_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
  }
}

/** The tokens themselves are in no memory dump longer than a request lasts. */
const digestOf = (token: string) => createHash("sha256").update(token).digest("base64");

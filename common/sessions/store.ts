import { createHash } from "node:crypto";
import { batchLoader } from "../platform/batch-loader.js";
import type { Id } from "../platform/ids.js";
import { answerOf, type Redis } from "../platform/redis.js";

const SESSIONS_PER_QUERY = 128;

/** What a session stores. Instants are milliseconds since 1970 UTC. */
export interface Session {
  readonly accountId: Id;
  readonly signedInAt: number;
  readonly expiresAt: number;
}

interface Deps {
  readonly redis: Redis;
  /** The prefix of all keys; a session's key is `<prefix>:session:<hex>`. */
  readonly prefix: string;
}

/**
 * Sessions in Redis, by the secret id in the browser's cookie. Redis stores only the id's SHA-256: nobody can make a cookie
 * from what Redis has.
 *
 * @throws UnavailableError from every method when Redis does not answer; that signs nobody out.
 */
export class SessionStore {
  readonly #deps: Deps;
  readonly #read: (id: string) => Promise<string | null>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#read = batchLoader(
      (ids: readonly string[]) => answerOf(deps.redis.mget(ids.map((id) => this.#keyOf(id)))),
      SESSIONS_PER_QUERY,
    );
  }

  async find(id: string): Promise<Session | undefined> {
    const text = await this.#read(id);
    return text === null ? undefined : (JSON.parse(text) as Session);
  }

  /** Stores a new session. It expires `ttlMs` after the last write. */
  async create(id: string, session: Session, ttlMs: number): Promise<void> {
    const { redis } = this.#deps;
    const text = JSON.stringify(session);
    const reply = await answerOf(redis.set(this.#keyOf(id), text, "PX", ttlMs, "NX"));
    if (reply === null) throw new Error("A new session's id is taken");
  }

  /**
   * Stores a session again, only if it is still there: a slow request cannot bring back a session that has ended.
   *
   * @returns whether it was there.
   */
  async refresh(id: string, session: Session, ttlMs: number): Promise<boolean> {
    const { redis } = this.#deps;
    const text = JSON.stringify(session);
    return (await answerOf(redis.set(this.#keyOf(id), text, "PX", ttlMs, "XX"))) !== null;
  }

  /** Ends a session on every web process. A session that does not exist is no error. */
  async remove(id: string): Promise<void> {
    await answerOf(this.#deps.redis.del(this.#keyOf(id)));
  }

  #keyOf(id: string): string {
    return `${this.#deps.prefix}:session:${createHash("sha256").update(id).digest("hex")}`;
  }
}

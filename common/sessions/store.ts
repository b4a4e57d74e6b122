import { createHash } from "node:crypto";
import type { Id } from "../platform/ids.js";
import { batched } from "../platform/batched.js";
import { answerOf, type Redis } from "../platform/redis.js";

const SESSIONS_PER_LOOK = 128;

/** What is remembered of somebody who signed in. Instants are milliseconds since 1970 UTC. */
export interface Session {
  readonly accountId: Id;
  readonly signedInAt: number;
  readonly expiresAt: number;
}

/**
 * Sessions in Redis, by the secret id that the browser's cookie holds. Redis knows only the id's SHA-256: who reads Redis
 * cannot make a cookie of it.
 *
 * @throws {@link UnavailableError} from every method when Redis does not answer: nobody is signed out by that.
 */
export interface SessionStore {
  find(id: string): Promise<Session | undefined>;

  /** Stores a new session. `ttlMs` after its last write it is gone. */
  create(id: string, session: Session, ttlMs: number): Promise<void>;

  /**
   * Stores a session again, only if it is still there: a slow request cannot bring back a session that was ended meanwhile.
   *
   * @returns whether it was there.
   */
  refresh(id: string, session: Session, ttlMs: number): Promise<boolean>;

  /** Ends a session on every web process. One that is not there is fine. */
  remove(id: string): Promise<void>;
}

/** @param prefix - What all keys begin with; a session's is `<prefix>:session:<hex>`. */
export function createSessionStore({
  redis,
  prefix,
}: {
  redis: Redis;
  prefix: string;
}): SessionStore {
  const keyOf = (id: string) =>
    `${prefix}:session:${createHash("sha256").update(id).digest("hex")}`;
  const write = (session: Session) => JSON.stringify(session);
  const read = batched(
    (ids: readonly string[]) => answerOf(redis.mget(ids.map(keyOf))),
    SESSIONS_PER_LOOK,
  );

  return {
    async find(id) {
      const text = await read(id);
      return text === null ? undefined : (JSON.parse(text) as Session);
    },

    async create(id, session, ttlMs) {
      const reply = await answerOf(redis.set(keyOf(id), write(session), "PX", ttlMs, "NX"));
      if (reply === null) throw new Error("A new session's id is taken");
    },

    async refresh(id, session, ttlMs) {
      const reply = await answerOf(redis.set(keyOf(id), write(session), "PX", ttlMs, "XX"));
      return reply !== null;
    },

    async remove(id) {
      await answerOf(redis.del(keyOf(id)));
    },
  };
}

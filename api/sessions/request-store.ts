import type { Context } from "koa";
import type { Session, Sessions } from "../../common/credentials/sessions.js";
import { clientTrace } from "../http/client-trace.js";
import type { RequestState } from "../http/door.js";

/** The session ended while the request was under way. */
export class SessionEndedError extends Error {}

export type RequestContext = Context & { state: RequestState };
/** What the cookie of a request was found to be. */
export type FoundSessions = WeakMap<object, Session>;

/** What koa-session reads of a stored session. */
interface StoredData {
  readonly accountId: string;
  /** Milliseconds since 1970 UTC, by the clock of this process. */
  readonly _expire: number;
}

/**
 * The class of which koa-session makes one instance per request; it only reads and prolongs sessions. It does not hand on `_maxAge`, which koa-session would prefer
 * to a changed configuration for as long as the session lives.
 */
export function requestStore(store: Sessions, sessions: FoundSessions) {
  return class {
    readonly ctx: Context;

    constructor(ctx: Context) {
      this.ctx = ctx;
    }

    async get(secret: string): Promise<StoredData | undefined> {
      const found = await store.find(secret);
      if (found === undefined) return undefined;
      sessions.set(this.ctx, found);
      const { accountId, leftMs } = found;
      // koa-session compares it with the clock of this process, which may be another than the database's.
      return { accountId, _expire: Date.now() + leftMs };
    }

    /** @throws {@link SessionEndedError} before koa-session sends the cookie again, over the one of a newer session. */
    async set(secret: string): Promise<void> {
      if (!(await store.renew(secret, clientTrace(this.ctx)))) throw new SessionEndedError();
    }

    async destroy(secret: string): Promise<void> {
      await store.remove(secret);
    }
  };
}

import { randomBytes } from "node:crypto";
import type Koa from "koa";
import type { Context, Middleware } from "koa";
import { createSession } from "koa-session";
import type { Logger } from "../../common/platform/log.js";
import type { SessionStore } from "../../common/sessions/store.js";
import type {} from "../sessions/session.js";

const COOKIE = "stowage_session";

interface Options {
  readonly app: Koa;
  readonly store: SessionStore;
  /** The first signs the cookie, all verify it. */
  readonly secrets: readonly string[];
  readonly maxAgeMs: number;
  readonly log: Logger;
}

/** The session ended while the request was under way. */
class SessionEndedError extends Error {}

/**
 * Loads the session that the request's cookie names, and renews it after a successful answer when it is used in the second
 * half of its time. Mounted in front of the routes that need it, once per application; a request without a cookie costs
 * nothing.
 *
 * Changes go through `api/sessions`, which writes before the handler answers: koa-session's own way, to write after every
 * handler, would turn an upload that is stored into a 503 when Redis goes away meanwhile.
 *
 * @throws {@link UnavailableError} when Redis does not answer; nobody counts as signed out for that.
 */
export function session({ app, store, secrets, maxAgeMs, log }: Options): Middleware {
  app.keys = [...secrets];
  const load = createSession(
    {
      key: COOKIE,
      maxAge: maxAgeMs,
      renew: true,
      autoCommit: false,
      signed: true,
      httpOnly: true,
      sameSite: "lax",
      // `secure` is not given: the cookie has it exactly when the request came over TLS.
      genid: () => randomBytes(32).toString("base64url"),
      ContextStore: requestStore(store),
    },
    app,
  );
  return (ctx, next) =>
    load(ctx, async () => {
      const loaded = ctx.session;
      // A cookie that was signed with an older secret has its signature set anew, but as a cookie without our attributes.
      const isSignedAnew = ctx.response.headers["set-cookie"] !== undefined;
      await next();
      if (loaded === null || loaded.isNew || ctx.session !== loaded || ctx.headerSent) return;
      await renewed(ctx, isSignedAnew ? loaded.save() : loaded.manuallyCommit(), log);
    });
}

async function renewed(ctx: Context, renewal: Promise<void>, log: Logger): Promise<void> {
  try {
    await renewal;
  } catch (error) {
    if (error instanceof SessionEndedError) return;
    // The work is done and its answer stands. The next request tries again.
    log.warn({ err: error, path: ctx.path }, "A session was not renewed");
  }
}

/** The data that koa-session passes to a store; it puts `_expire` and `_maxAge` beside ours. */
interface StoredData {
  readonly accountId: string;
  readonly signedInAt: number;
  readonly _expire: number;
}

/**
 * What koa-session makes one of per request. It does not hand on `_maxAge`, which koa-session would prefer to a changed
 * configuration for as long as the session lives.
 */
function requestStore(store: SessionStore) {
  return class {
    #storedId: string | undefined;

    async get(id: string): Promise<StoredData | undefined> {
      const found = await store.find(id);
      if (found === undefined) return undefined;
      this.#storedId = id;
      const { accountId, signedInAt, expiresAt } = found;
      return { accountId, signedInAt, _expire: expiresAt };
    }

    /** @throws {@link SessionEndedError} before koa-session sends the cookie again, over the one of a newer session. */
    async set(id: string, data: StoredData, ttlMs: number): Promise<void> {
      const { accountId, signedInAt, _expire: expiresAt } = data;
      const content = { accountId, signedInAt, expiresAt };
      if (id !== this.#storedId) {
        await store.create(id, content, ttlMs);
      } else if (!(await store.refresh(id, content, ttlMs))) {
        throw new SessionEndedError();
      }
    }

    async destroy(id: string): Promise<void> {
      await store.remove(id);
    }
  };
}

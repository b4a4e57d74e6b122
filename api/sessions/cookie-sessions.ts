import { createHash, randomBytes } from "node:crypto";
import type Koa from "koa";
import type { Context, Middleware } from "koa";
import { createSession } from "koa-session";
import { accountActor } from "../../common/access/actor.js";
import type { Accounts, SessionClaim } from "../../common/accounts/service.js";
import type { Logger } from "../../common/platform/log.js";
import type { SessionStore } from "../../common/sessions/store.js";
import type { CredentialReader } from "../http/door.js";

const COOKIE = "stowage_session";

/** koa-session's model of a request's session, as far as we use it. */
interface StoredSession {
  readonly accountId?: string;
  /** Milliseconds since 1970 UTC. */
  readonly signedInAt?: number;
  /** The secret id that the cookie holds. */
  readonly externalKey?: string;
  /** Writes the session if half of its time is over, or removes it if `ctx.session` was set to `null`. */
  manuallyCommit(): Promise<void>;
  /** Writes the session. */
  save(): Promise<void>;
  /** Removes the session from the store and writes its content under a new id. */
  regenerate(): Promise<void>;
}

declare module "koa" {
  interface DefaultContext {
    /** Only this file uses it; everything else asks for `ctx.state.actor`. */
    get session(): StoredSession | null;
    set session(content: StoredSession | { accountId: string; signedInAt: number } | null);
  }
}

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

/** The sessions of browsers: a cookie with a signed secret id, and the rest in Redis. Made once per application. */
export class CookieSessions {
  readonly #load: Middleware;
  readonly #log: Logger;

  constructor({ app, store, secrets, maxAgeMs, log }: Options) {
    app.keys = [...secrets];
    this.#log = log;
    this.#load = createSession(
      {
        key: COOKIE,
        maxAge: maxAgeMs,
        renew: true,
        // koa-session would write after every handler: an upload that is stored would be answered 503 when Redis goes away.
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
  }

  /**
   * Reads the session that the request's cookie names. Call it once per request; without a cookie it costs nothing.
   *
   * @throws {@link UnavailableError} when Redis does not answer: nobody is signed out by that.
   */
  async open(ctx: Context): Promise<CookieSession> {
    await this.#load(ctx, () => Promise.resolve());
    return new CookieSession(ctx, this.#log);
  }
}

/** The session of one request; without a valid cookie it has no claim. */
export class CookieSession {
  /** Names the session in logs and lists. A digest: nobody can make a cookie of it. */
  readonly id: string;
  /** Who signed in, and when. */
  readonly claim: SessionClaim | undefined;
  readonly #ctx: Context;
  readonly #log: Logger;
  readonly #loaded: StoredSession | null;
  /** Whether the cookie was signed with an older secret: koa-session signs it anew, but without our attributes. */
  readonly #isSignedAnew: boolean;

  constructor(ctx: Context, log: Logger) {
    const { accountId, signedInAt, externalKey = "" } = ctx.session ?? {};
    this.id = createHash("sha256").update(externalKey).digest("base64url").slice(0, 22);
    if (accountId !== undefined && signedInAt !== undefined) {
      this.claim = { accountId, signedInAt: new Date(signedInAt) };
    }
    this.#ctx = ctx;
    this.#log = log;
    this.#loaded = ctx.session;
    this.#isSignedAnew = ctx.response.headers["set-cookie"] !== undefined;
  }

  /**
   * Signs the browser in under a new session id, and ends the session that it had: an id that somebody else planted is worth
   * nothing afterwards.
   *
   * @throws {@link UnavailableError} when Redis does not answer.
   */
  async start({ accountId, signedInAt }: SessionClaim): Promise<void> {
    // Assigning alone would keep the old id.
    this.#ctx.session = { accountId, signedInAt: signedInAt.getTime() };
    await this.#ctx.session?.regenerate();
  }

  /**
   * Ends the session on every web process, and clears the cookie. Without a session, only the latter.
   *
   * @throws {@link UnavailableError} when Redis does not answer: the session is then still there.
   */
  async end(): Promise<void> {
    const session = this.#ctx.session;
    this.#ctx.session = null;
    await session?.manuallyCommit();
  }

  /** Prolongs the session if more than half of its time is over, unless the handler has ended it. Does not throw. */
  async renew(): Promise<void> {
    const { session, headerSent, path } = this.#ctx;
    if (session === null || session !== this.#loaded || headerSent) return;
    try {
      await (this.#isSignedAnew ? session.save() : session.manuallyCommit());
    } catch (error) {
      if (error instanceof SessionEndedError) return;
      // The handler's work is done, and its answer stands. The next request tries again.
      this.#log.warn({ err: error, path }, "A session was not renewed");
    }
  }
}

/** The data that koa-session passes to a store; it puts `_expire` and `_maxAge` beside ours. */
interface StoredData {
  readonly accountId: string;
  readonly signedInAt: number;
  readonly _expire: number;
}

/**
 * The class of which koa-session makes one instance per request. It does not hand on `_maxAge`, which koa-session would prefer
 * to a changed configuration for as long as the session lives.
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

interface CredentialDeps {
  readonly sessions: CookieSessions;
  readonly accounts: Pick<Accounts, "findSignedIn">;
}

/** The session cookie as a credential. */
export function sessionCredential({ sessions, accounts }: CredentialDeps): CredentialReader {
  return async (ctx) => {
    const session = await sessions.open(ctx);
    if (session.claim === undefined) return undefined;
    const account = await accounts.findSignedIn(session.claim);
    if (account === undefined) return undefined;
    const actor = accountActor(account, { kind: "session", id: session.id });
    return { actor, renew: () => session.renew() };
  };
}

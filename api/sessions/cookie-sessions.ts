import type Koa from "koa";
import type { Context, Middleware } from "koa";
import { createSession } from "koa-session";
import { accountActor } from "../../common/access/actor.js";
import type { Accounts, SessionClaim } from "../../common/accounts/service.js";
import type { ProofMethod } from "../../common/accounts/role.js";
import { idOfSecret, newSecret } from "../../common/credentials/secret.js";
import type { Session, Sessions } from "../../common/credentials/sessions.js";
import type { Id } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import { clientTrace } from "../http/client-trace.js";
import { cookieName } from "../http/cookie-name.js";
import type { Credential } from "../http/door.js";
import { type FoundSessions, requestStore, SessionEndedError } from "./request-store.js";

/** koa-session's model of a request's session, as far as we use it. */
interface StoredSession {
  /** The secret that the cookie holds. */
  readonly externalKey?: string;
  /** Writes the session if half of its time is over, or removes it if `ctx.session` was set to `null`. */
  manuallyCommit(): Promise<void>;
  /** Writes the session. */
  save(): Promise<void>;
}

declare module "koa" {
  interface DefaultContext {
    /** Only this file uses it; everything else asks for `ctx.state.actor`. */
    get session(): StoredSession | null;
    set session(content: StoredSession | null);
  }
}

interface CookieAttributes {
  readonly maxAge: number;
  readonly signed: true;
  readonly httpOnly: true;
  readonly sameSite: "lax";
}

interface Options {
  readonly app: Koa;
  readonly store: Sessions;
  /** The first signs the cookie, all verify it. */
  readonly secrets: readonly string[];
  readonly maxAgeMs: number;
  /** Where clients reach the service; `undefined` where that is not configured. With `https`, the cookie is for this host alone. */
  readonly publicUrl: URL | undefined;
  readonly log: Logger;
}

/** The sessions of browsers: a cookie with a signed secret, and the rest in MongoDB. Made once per application. */
export class CookieSessions {
  /** What the cookie is called. */
  readonly cookieName: string;
  readonly #load: Middleware;
  readonly #store: Sessions;
  readonly #log: Logger;
  readonly #cookie: CookieAttributes;
  /** What the cookie of a request was found to be. */
  readonly #found: FoundSessions = new WeakMap();

  constructor({ app, store, secrets, maxAgeMs, publicUrl, log }: Options) {
    app.keys = [...secrets];
    this.cookieName = cookieName("stowage_session", publicUrl?.protocol === "https:");
    this.#store = store;
    this.#log = log;
    // `secure` is not given: the cookie has it exactly when `ctx.secure` is true.
    this.#cookie = { maxAge: maxAgeMs, signed: true, httpOnly: true, sameSite: "lax" };
    this.#load = createSession(
      {
        key: this.cookieName,
        ...this.#cookie,
        renew: true,
        // koa-session would write after every handler: an upload that is stored would be answered 503 when MongoDB goes away.
        autoCommit: false,
        genid: newSecret,
        ContextStore: requestStore(store, this.#found),
      },
      app,
    );
  }

  /**
   * Reads the session that the request's cookie names. Call it once per request; without a cookie it costs nothing.
   *
   * @throws {@link UnavailableError} when MongoDB does not answer: nobody is signed out by that.
   */
  async open(ctx: Context): Promise<CookieSession> {
    await this.#load(ctx, () => Promise.resolve());
    const found = this.#found.get(ctx);
    return new CookieSession({ ctx, found, store: this.#store, log: this.#log });
  }

  /** What the session of a request is now, after {@link open}. It sets no cookie. */
  async findAgain({ session }: Context): Promise<Session | undefined> {
    const secret = session?.externalKey;
    return secret === undefined ? undefined : this.#store.find(secret);
  }

  /**
   * Signs the browser in under a new session id, and ends the session that it had: an id that somebody else planted is worth
   * nothing afterwards.
   *
   * @param inside - Runs once the new session is stored, with its id. If it fails, the new session ends, and the browser keeps the old one.
   * @returns what `inside` resolves to.
   * @throws {@link UnavailableError} when MongoDB does not answer; `inside` has not run then. And whatever `inside` throws.
   */
  async start<T>(ctx: Context, claim: SignedIn, inside: (sessionId: Id) => Promise<T>): Promise<T> {
    const oldId = ctx.cookies.get(this.cookieName);
    // Reading a cookie that was signed with an older secret signs it anew, without our attributes.
    ctx.remove("Set-Cookie");
    const secret = newSecret();
    await this.#store.create(secret, { ...claim, client: clientTrace(ctx) });
    try {
      const result = await inside(idOfSecret(secret));
      // koa-session would send the old cookie again when it renews it.
      ctx.session = null;
      ctx.cookies.set(this.cookieName, secret, this.#cookie);
      await this.#discard(oldId);
      return result;
    } catch (error) {
      await this.#discard(secret);
      throw error;
    }
  }

  /** Takes the cookie from a browser whose session is over. Does not throw. */
  async forget(ctx: Context): Promise<void> {
    const { session } = ctx;
    ctx.session = null;
    try {
      await session?.manuallyCommit();
    } catch (error) {
      this.#log.warn({ err: error }, "A cookie was not cleared");
    }
  }

  /** Ends a session that the browser has no cookie of any more. Does not throw: what the request was for is decided already. */
  async #discard(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    try {
      await this.#store.remove(id);
    } catch (error) {
      this.#log.warn({ err: error }, "A session was not ended, and expires later");
    }
  }
}

/** Who has signed in, when, and how. */
export interface SignedIn extends SessionClaim {
  readonly methods: readonly ProofMethod[];
}

interface CookieSessionParts {
  readonly ctx: Context;
  readonly found: Session | undefined;
  readonly store: Sessions;
  readonly log: Logger;
}

/** The session of one request; `found` is `undefined` where it has no valid cookie. */
export class CookieSession {
  readonly found: Session | undefined;
  readonly #ctx: Context;
  readonly #store: Sessions;
  readonly #log: Logger;
  readonly #loaded: StoredSession | null;
  /** Whether the cookie was signed with an older secret: koa-session signs it anew, but without our attributes. */
  readonly #isSignedAnew: boolean;

  constructor({ ctx, found, store, log }: CookieSessionParts) {
    this.found = found;
    this.#ctx = ctx;
    this.#store = store;
    this.#log = log;
    this.#loaded = ctx.session;
    this.#isSignedAnew = ctx.response.headers["set-cookie"] !== undefined;
  }

  /**
   * Ends the session on every web process, and clears the cookie and what the browser keeps of downloads. Without a session, only the latter.
   *
   * @throws {@link UnavailableError} when MongoDB does not answer: the session is then still there.
   */
  async end(): Promise<void> {
    const session = this.#ctx.session;
    this.#ctx.session = null;
    await session?.manuallyCommit();
    // Files may be kept by the browser, and the next person at it could read them.
    this.#ctx.set("Clear-Site-Data", '"cache"');
  }

  /**
   * Prolongs the session if more than half of its time is over, unless the handler has ended it. Writes from where it was used,
   * if that was not written lately. Does not throw.
   */
  async renew(): Promise<void> {
    const { session, headerSent, path } = this.#ctx;
    if (session === null || session !== this.#loaded || headerSent) return;
    try {
      if (this.found?.isUseDue === true) {
        await this.#store.noteUse(this.found, clientTrace(this.#ctx));
      }
      await (this.#isSignedAnew ? session.save() : session.manuallyCommit());
    } catch (error) {
      if (error instanceof SessionEndedError) return;
      // The handler's work is done, and its answer stands. The next request tries again.
      this.#log.warn({ err: error, path }, "A session was not renewed");
    }
  }
}

interface CredentialDeps {
  readonly sessions: CookieSessions;
  readonly accounts: Pick<Accounts, "findSignedIn">;
}

/** The session cookie as a credential. */
export function sessionCredential({ sessions, accounts }: CredentialDeps): Credential {
  const actorOf = async (found: Session | undefined) => {
    const account = found && (await accounts.findSignedIn(found));
    if (found === undefined || account === undefined) return undefined;
    const { id, methods, signedInAt } = found;
    return accountActor(account, { kind: "session", id, methods, signedInAt });
  };
  return {
    kind: "session",
    // The scheme of draft-broyer-http-cookie-auth. No browser knows it, so none asks for a password in a dialog of its own.
    challenge: `Cookie realm="stowage", cookie-name="${sessions.cookieName}"`,
    read: async (ctx) => {
      const session = await sessions.open(ctx);
      const actor = await actorOf(session.found);
      return actor && { actor, renew: () => session.renew() };
    },
    readAgain: async (ctx) => {
      const actor = await actorOf(await sessions.findAgain(ctx));
      return actor && { actor };
    },
  };
}

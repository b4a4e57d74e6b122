import { createHash } from "node:crypto";
import type { Context } from "koa";
import type { SessionClaim } from "../../common/accounts/service.js";

/** koa-session's model of the request's session, as far as we use it. */
interface CookieSession {
  readonly accountId?: string;
  /** Milliseconds since 1970 UTC. */
  readonly signedInAt?: number;
  /** The secret that the cookie holds. */
  readonly externalKey?: string;
  /** There is no session in the store (yet). */
  readonly isNew: boolean;
  /** Writes the session if its time is half over, or removes it if `ctx.session` was set to `null`. */
  manuallyCommit(): Promise<void>;
  /** Writes the session. */
  save(): Promise<void>;
  /** Removes the session from the store and writes what is in it under a new id. */
  regenerate(): Promise<void>;
}

declare module "koa" {
  interface DefaultContext {
    /** Only `api/sessions` and the `session` middleware use it; everybody else asks for `ctx.state.actor`. */
    get session(): CookieSession | null;
    set session(content: CookieSession | { accountId: string; signedInAt: number } | null);
  }
}

/**
 * Signs the browser in. It gets a new session id even where it had one, and the old session ends: an id that somebody else
 * planted is worth nothing afterwards.
 *
 * @throws {@link UnavailableError} when Redis does not answer.
 */
export async function startSession(ctx: Context, claim: SessionClaim): Promise<void> {
  // Assigning alone would keep the old id.
  ctx.session = { accountId: claim.accountId, signedInAt: claim.signedInAt.getTime() };
  await ctx.session?.regenerate();
}

/**
 * Ends the request's session on every web process, and clears the cookie. Without a session, only the latter.
 *
 * @throws {@link UnavailableError} when Redis does not answer: the session is then still there.
 */
export async function endSession(ctx: Context): Promise<void> {
  const session = ctx.session;
  ctx.session = null;
  await session?.manuallyCommit();
}

/** What the request's session says about who asks; `undefined` when there is none. */
export function claimOf(ctx: Context): SessionClaim | undefined {
  const { accountId, signedInAt } = ctx.session ?? {};
  if (accountId === undefined || signedInAt === undefined) return undefined;
  return { accountId, signedInAt: new Date(signedInAt) };
}

/** Names the request's session without telling its secret. */
export function sessionIdOf(ctx: Context): string {
  const secret = ctx.session?.externalKey ?? "";
  return createHash("sha256").update(secret).digest("base64url").slice(0, 22);
}

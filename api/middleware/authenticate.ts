import type { Context, Middleware } from "koa";
import type { Actor } from "../../common/access/actor.js";
import { UnauthenticatedError } from "../../common/accounts/errors.js";
import type { RequestState } from "./request-context.js";

/** What a handler behind {@link authenticate} knows. */
export interface AuthState extends RequestState {
  actor: Actor;
}

/** One way to prove who asks. Resolves to `undefined` when the request does not use it, or when the proof does not count. */
export type Credential = (ctx: Context) => Promise<Actor | undefined>;

/**
 * Lets a request pass when one of the credentials says who asks, in their order.
 *
 * @throws {@link UnauthenticatedError} when none does.
 */
export function authenticate(credentials: readonly Credential[]): Middleware<AuthState> {
  return async (ctx, next) => {
    ctx.state.actor = await firstActor(ctx, credentials);
    await next();
  };
}

async function firstActor(ctx: Context, credentials: readonly Credential[]): Promise<Actor> {
  for (const credential of credentials) {
    const actor = await credential(ctx);
    if (actor !== undefined) return actor;
  }
  throw new UnauthenticatedError();
}

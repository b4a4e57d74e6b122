import type Koa from "koa";
import type { Actor, Scope } from "../../common/access/actor.js";
import { InsufficientScopeError } from "../../common/access/errors.js";
import { UnauthenticatedError } from "../../common/accounts/errors.js";
import type { Context, Proof, RequestState } from "./door.js";
import type { Step } from "./route.js";

/** What a handler after {@link allow} is given. */
export type ActorContext<Adds = object> = Koa.ParameterizedContext<
  RequestState & { actor: Actor } & Adds
>;

/** A route for everyone, signed in or not. */
export const anyone: Step = Object.assign(
  (_ctx: Context, next: () => Promise<unknown>) => next().then(() => undefined),
  { access: "anyone" as const },
);

/**
 * Lets a request pass whose credential has a scope, and gives its handler `ctx.state.actor`. The door decides which credentials
 * count; the first valid one does.
 *
 * @throws {@link UnauthenticatedError} when the request has no valid credential.
 * @throws {@link InsufficientScopeError} when its credential lacks the scope.
 */
export function allow(scope: Scope): Step<{ actor: Actor }> {
  return Object.assign(
    async (ctx: Context, next: () => Promise<unknown>) => {
      const { actor, renew } = await authenticate(ctx);
      // Also for the log line of a request that is refused.
      ctx.state.actor = actor;
      if (!actor.scopes.has(scope)) throw new InsufficientScopeError(scope);
      await next();
      await renew?.();
    },
    { access: scope },
  );
}

async function authenticate(ctx: Context): Promise<Proof> {
  for (const read of ctx.state.door.credentials) {
    const proof = await read(ctx);
    if (proof !== undefined) return proof;
  }
  throw new UnauthenticatedError();
}

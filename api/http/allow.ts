import type Koa from "koa";
import type { AccountActor, Actor } from "../../common/access/actor.js";
import type { Scope } from "../../common/accounts/role.js";
import { CREDENTIAL_KINDS, type CredentialKind } from "../../common/credentials/credential.js";
import { CredentialNotAcceptedError, InsufficientScopeError } from "../../common/access/errors.js";
import { InvalidTokenError, UnauthenticatedError } from "../../common/accounts/errors.js";
import { isBearer } from "./authorization.js";
import type {
  Context,
  Credential,
  CredentialReader,
  Proof,
  ProofKind,
  RequestState,
} from "./door.js";
import { type Cost, limitActor, limitAddress, tellLimits } from "./rate-limit.js";
import type { Step } from "./route.js";

/** What a handler after {@link allow} is given. */
export type ActorContext<Adds = object> = Koa.ParameterizedContext<
  RequestState & { actor: AccountActor } & Adds
>;

/** What a handler is given that serves accounts and links. */
export type GuestContext<Adds = object> = Koa.ParameterizedContext<
  RequestState & { actor: Actor } & Adds
>;

/**
 * A route for everyone, signed in or not, that costs more than others.
 *
 * @throws TooManyRequestsError when more were sent from the client's address than the limits allow.
 */
export function limited(cost: Cost): Step {
  return Object.assign(
    async (ctx: Context, next: () => Promise<unknown>) => {
      limitAddress(ctx, cost);
      tellLimits(ctx, cost);
      await next();
    },
    { access: "anyone" as const, cost },
  );
}

/** A route for everyone, signed in or not. */
export const anyone: Step = limited("everything");

/** A route for load balancers and supervisors, which no limit may hinder. */
export const probe: Step = limited("nothing");

interface Options {
  /** The kinds of credentials that the route accepts. Default: all of accounts. */
  readonly by?: readonly CredentialKind[] | undefined;
  /** The class of the route for rate limits. Default: `everything`. */
  readonly cost?: Cost;
}

/** The kinds that a person has signed in for: what changes how an account signs in accepts no other. */
export const SIGNED_IN: readonly CredentialKind[] = ["session", "token"];

/**
 * Lets a request pass whose credential has a scope, and gives its handler `ctx.state.actor`. The door decides which credentials
 * count; the first valid one does.
 *
 * @throws TooManyRequestsError when more were sent by its address, its credential or its account than the limits allow.
 * @throws {@link UnauthenticatedError} when the request has no valid credential.
 * @throws {@link InvalidTokenError} when it has bearer credentials that are not valid; its cookie is ignored then.
 * @throws {@link CredentialNotAcceptedError} when its credential is of another kind than the route accepts.
 * @throws {@link InsufficientScopeError} when its credential lacks the scope.
 */
export function allow(
  scope: Scope,
  { by, cost = "everything" }: Options = {},
): Step<{ actor: AccountActor }> {
  return Object.assign(
    async (ctx: Context, next: () => Promise<unknown>) => {
      limitAddress(ctx, cost);
      const { renew } = await admit(ctx, scope, { by, cost });
      await next();
      await renew?.();
    },
    { access: scope, by, cost },
  );
}

/** What {@link allow} does first, for a handler that asks only in some cases. It throws the same; the limit of the address is the route's. */
export async function admit(
  ctx: Context,
  scope: Scope,
  { by = CREDENTIAL_KINDS, cost = "everything" }: Options = {},
): Promise<Proof<AccountActor>> {
  const { actor, renew } = await admitGuest(ctx, scope, { by, cost });
  if (actor.kind !== "account") throw new CredentialNotAcceptedError(by);
  return { actor, ...(renew !== undefined && { renew }) };
}

/**
 * Who an answer that lasts is for at this moment: the credential of its request may have been revoked since.
 *
 * @throws {@link UnauthenticatedError}, {@link InvalidTokenError} and {@link InsufficientScopeError} as {@link allow}.
 */
export async function admitAgain(ctx: Context, scope: Scope): Promise<AccountActor> {
  const { actor } = await authenticate(
    ctx,
    (credential) => credential.readAgain ?? credential.read,
  );
  if (actor.kind !== "account") throw new UnauthenticatedError();
  if (!actor.scopes.has(scope)) throw new InsufficientScopeError(scope);
  return actor;
}

interface GuestOptions {
  readonly by: readonly ProofKind[];
  readonly cost: Cost;
}

/**
 * {@link allow} for routes that accept the token of a link, too.
 *
 * @param options - `by`: default: all kinds.
 */
export function allowGuests(
  scope: Scope,
  { by = [...CREDENTIAL_KINDS, "link"], cost = "everything" }: Partial<GuestOptions> = {},
): Step<{ actor: Actor }> {
  return Object.assign(
    async (ctx: Context, next: () => Promise<unknown>) => {
      limitAddress(ctx, cost);
      const { renew } = await admitGuest(ctx, scope, { by, cost });
      await next();
      await renew?.();
    },
    { access: scope, by, cost },
  );
}

async function admitGuest(ctx: Context, scope: Scope, { by, cost }: GuestOptions): Promise<Proof> {
  const proof = await authenticate(ctx).catch((error: unknown) => {
    tellLimits(ctx, cost);
    throw error;
  });
  const { actor } = proof;
  // Also for the log line of a request that is refused.
  ctx.state.actor = actor;
  limitActor(ctx, cost, actor);
  if (!by.includes(actor.credential.kind)) throw new CredentialNotAcceptedError(by);
  if (!actor.scopes.has(scope)) throw new InsufficientScopeError(scope);
  return proof;
}

async function authenticate(
  ctx: Context,
  readerOf: (credential: Credential) => CredentialReader = ({ read }) => read,
): Promise<Proof> {
  const hasBearer = isBearer(ctx.req.headers);
  for (const credential of ctx.state.door.credentials) {
    if (hasBearer && credential.kind === "session") continue;
    const proof = await readerOf(credential)(ctx);
    if (proof !== undefined) return proof;
  }
  if (hasBearer) throw new InvalidTokenError("The bearer token is malformed or unknown");
  throw new UnauthenticatedError();
}

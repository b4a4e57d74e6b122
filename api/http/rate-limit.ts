import type { Actor } from "../../common/access/actor.js";
import { TooManyRequestsError } from "../../common/rate-limits/errors.js";
import type { RouteClass } from "../../common/rate-limits/policy.js";
import { nearer } from "../../common/rate-limits/service.js";
import type { Context } from "./door.js";

/** What a request costs; `nothing` for probes, which no limit may hinder. */
export type Cost = RouteClass | "nothing";

/**
 * Counts a request for its address, before anything is asked of a store.
 *
 * @throws {@link TooManyRequestsError}
 */
export function limitAddress(ctx: Context, cost: Cost): void {
  const { rateLimits, client } = ctx.state;
  if (cost === "nothing" || rateLimits === undefined) return;
  ctx.state.standing = rateLimits.countAddress(cost, client.ip);
  if (ctx.state.standing?.isExceeded === true) {
    tellLimits(ctx, cost);
    throw new TooManyRequestsError(ctx.state.standing);
  }
}

/** Whom a request is counted for. A link counts for itself: those who have it are no requests of its owner. */
type Limited = Pick<Actor, "id"> & { readonly credential: Pick<Actor["credential"], "id"> };

/**
 * Counts a request for its credential, and for the account of that, and tells the client how it stands.
 *
 * @throws {@link TooManyRequestsError}
 */
export function limitActor(ctx: Context, cost: Cost, { id: accountId, credential }: Limited): void {
  const { rateLimits } = ctx.state;
  if (cost === "nothing" || rateLimits === undefined) return;
  // Ids of different kinds of credentials do not meet: all are random.
  const standing = rateLimits.countActor(cost, { credentialId: credential.id, accountId });
  ctx.state.standing = nearer(ctx.state.standing, standing);
  tellLimits(ctx, cost);
  if (standing?.isExceeded === true) throw new TooManyRequestsError(standing);
}

/**
 * Says in the header of the answer how the client stands (draft-ietf-httpapi-ratelimit-headers-11): `RateLimit-Policy` names every policy that the
 * request was counted for, and `RateLimit` the one that is nearest to its limit.
 */
export function tellLimits(ctx: Context, cost: Cost): void {
  const { rateLimits, standing, actor, linkId } = ctx.state;
  if (cost === "nothing" || rateLimits === undefined || standing === undefined) return;
  const { policy, remaining, resetSeconds } = standing;
  const { anyone, actor: ofActor } = rateLimits.policies(cost);
  const isKnown = actor !== undefined || linkId !== undefined;
  ctx.set("RateLimit-Policy", isKnown ? ofActor : anyone);
  ctx.set("RateLimit", `"${policy.name}";r=${remaining};t=${resetSeconds}`);
}

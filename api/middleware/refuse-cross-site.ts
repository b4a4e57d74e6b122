import type Koa from "koa";
import { CrossSiteRequestError } from "../http/errors.js";
import { isOwnOrigin } from "../http/origin.js";
import type { RequestState } from "./request-context.js";

/** RFC 9110 §9.2.1: these change nothing, and no page of another site can read their answers. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what a page of another site makes a browser send: an unsafe method with an `Origin` that is not the request's own.
 *
 * @throws {@link CrossSiteRequestError}
 */
export function refuseCrossSite(): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
    const isSafe = SAFE_METHODS.has(ctx.method);
    if (!isSafe && !isOwnOrigin(ctx.req.headers.origin, ctx.state.client)) {
      throw new CrossSiteRequestError();
    }
    await next();
  };
}

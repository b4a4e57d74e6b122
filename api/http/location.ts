import type Koa from "koa";
import type { RequestState } from "./door.js";

/**
 * Makes the `Location` of what a request has created (201) absolute: some clients cannot resolve a relative one. It begins with
 * `PUBLIC_URL`, or else with the scheme and authority that the client itself has used, as far as `resolveClient` believes the request.
 * Where the request has no valid `Host` either, the field stays relative (RFC 9110 §10.2.2 allows both).
 *
 * @param publicUrl - Its path is not used.
 */
export function absoluteLocation(publicUrl: URL | undefined): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
    await next();
    const { location = "" } = ctx.response.headers;
    if (ctx.status !== 201 || !location.startsWith("/")) return;
    const { protocol, host } = ctx.state.client;
    const base = publicUrl?.origin ?? `${protocol}://${host}`;
    if (URL.canParse(base)) ctx.set("Location", base + location);
  };
}

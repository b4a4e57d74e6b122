import createCors from "@koa/cors";
import type Koa from "koa";
import type { CorsOrigins } from "../../common/platform/origin-setting.js";
import { isByLink } from "./by-link.js";
import type { RequestState } from "./door.js";
import { findOtherSite } from "./origin.js";

/** How long a browser may remember the answer to a preflight, in seconds: as long as any does. */
const PREFLIGHT_SECONDS = 7200;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What a page may read of an answer beside what all may (Fetch §3.2.5). */
const EXPOSED = [
  "Accept-Ranges",
  "Allow",
  "Content-Digest",
  "Content-Disposition",
  "Content-Length",
  "Content-Range",
  "ETag",
  "Link",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Repr-Digest",
  "Retry-After",
  "Stowage-File-Id",
  "Tus-Checksum-Algorithm",
  "Tus-Extension",
  "Tus-Max-Size",
  "Tus-Resumable",
  "Tus-Version",
  "Upload-Concat",
  "Upload-Defer-Length",
  "Upload-Expires",
  "Upload-Length",
  "Upload-Metadata",
  "Upload-Offset",
  "WWW-Authenticate",
  "X-Request-Id",
];

interface Options {
  /** `CORS_ORIGINS`: whose pages may use the API. */
  readonly corsOrigins?: CorsOrigins;
  readonly publicUrl?: URL | undefined;
}

/**
 * Lets pages of the allowed origins use the API (Fetch §3.2), with credentials that they send themselves; and pages of every origin what has its right in
 * the request itself, as {@link isByLink} tells. Cookies do not count for them: the request's is dropped, none is set, and no answer has
 * `Access-Control-Allow-Credentials`. Preflights are answered for every path and method. Requests of all other origins pass as if there were
 * no CORS.
 */
export function crossOrigin(options: Options): Koa.Middleware<RequestState>[] {
  const { corsOrigins = NO_ORIGINS } = options;
  const hasOrigins = corsOrigins === "*" || corsOrigins.size > 0;
  const originOf: OriginOf = (ctx) => {
    const origin = ctx.get("Origin");
    const allowed = allowedOrigin(origin, corsOrigins);
    return allowed === "" && origin !== "" && isByLink(ctx) ? "*" : allowed;
  };
  const answer = createCors({
    origin: originOf,
    allowMethods: METHODS,
    // Those of the request are allowed: none of them means anything without credentials that the page has.
    exposeHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
    credentials: false,
  });
  const answered: Koa.Middleware<RequestState> = async (ctx, next) => {
    if (hasOrigins || isByLink(ctx)) await answer(ctx, next);
    else await next();
  };
  return [answered, dropCookies(options, originOf)];
}

const NO_ORIGINS: CorsOrigins = new Set();

/** What the answer says of the origin of a request; empty where it is not allowed. */
type OriginOf = (ctx: Koa.Context) => string;

/** `null` is what any page can make itself be. */
function allowedOrigin(origin: string, allowed: CorsOrigins): string {
  if (origin === "" || origin === "null") return "";
  if (allowed === "*") return "*";
  return allowed.has(origin) ? origin : "";
}

function dropCookies({ publicUrl }: Options, originOf: OriginOf): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
    const { headers } = ctx.req;
    const origin = originOf(ctx);
    const isForeign =
      origin !== "" &&
      findOtherSite(headers, { client: ctx.state.client, publicUrl }) !== undefined;
    if (!isForeign) {
      await next();
      return;
    }
    ctx.state.isAllowedOrigin = true;
    delete headers.cookie;
    ctx.set("Cross-Origin-Resource-Policy", "cross-origin");
    if (ctx.method === "OPTIONS") {
      // @koa/cors answers preflights, and lets a page's own OPTIONS pass without a word.
      ctx.set("Access-Control-Allow-Origin", origin);
      ctx.set("Access-Control-Expose-Headers", EXPOSED.join(","));
    }
    await next();
    ctx.remove("Set-Cookie");
  };
}

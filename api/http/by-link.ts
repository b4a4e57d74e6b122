import type Koa from "koa";
import { bearerToken } from "./authorization.js";
import { API_PREFIXES } from "./route.js";

/**
 * The header fields of every answer by a link, of a share link as of an expiring URL. Caches and search engines do not keep it, and other sites do not learn its URL. The log does not have the
 * token: the line of a request has the pattern of its route, and the id of the link as `actorId`.
 */
const LINK_HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Robots-Tag": "noindex, nofollow",
} as const;

/** Sets the header fields of an answer by a link, over those that it has. Content that is sent has set its own: it would be kept for a while. */
export function markByLink(ctx: Pick<Koa.Context, "set">): void {
  ctx.set(LINK_HEADERS);
}

/** Expiring URLs. */
const URLS = "/u/";

/** What tokens of upload grants begin with, so that people and secret scanners know one. */
export const GRANT_PREFIX = "stg_";

/** The upload grant of a request, well-formed or not: as bearer credentials, or in the query as `grant`. */
export function grantOf({ req, querystring }: Pick<Koa.Context, "req" | "querystring">) {
  const token = bearerToken(req.headers);
  if (token?.startsWith(GRANT_PREFIX) === true) return token;
  return new URLSearchParams(querystring).get("grant") ?? undefined;
}

/** Where grants are taken. */
const GRANT_PATHS = /^\/(?:upload|uploads|uploads\/[^/]+|files|upload-grants\/current\/files)$/;

/**
 * Whether a request has its right in itself, and none by a cookie: an expiring URL, or an upload grant. Then a page of any origin may make it: who has the
 * token can make it without a browser, too. A preflight does not say which bearer credentials will come; it gives no right.
 */
export function isByLink(ctx: Pick<Koa.Context, "req" | "path" | "querystring">): boolean {
  if (ctx.path.startsWith(URLS) || grantOf(ctx) !== undefined) return true;
  const prefix = API_PREFIXES.find((each) => ctx.path.startsWith(`${each}/`)) ?? "";
  return isAskingForBearer(ctx.req) && GRANT_PATHS.test(ctx.path.slice(prefix.length));
}

function isAskingForBearer({ method, headers }: Koa.Context["req"]): boolean {
  const wanted = headers["access-control-request-headers"] ?? "";
  return method === "OPTIONS" && /(?:^|,)\s*authorization\s*(?:,|$)/i.test(wanted);
}

import type Koa from "koa";

/** What every answer says unless its route says otherwise: it is data, private, of this site, and nothing to be run. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Sets the headers that keep browsers from doing more with an answer than reading it. */
export function securityHeaders(): Koa.Middleware {
  return async (ctx, next) => {
    ctx.set(HEADERS);
    await next();
  };
}

import { createHash, timingSafeEqual } from "node:crypto";
import Router from "@koa/router";
import type { Context, Middleware } from "koa";
import { prometheusContentType } from "prom-client";
import { UnauthenticatedError } from "../../common/accounts/errors.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { EXACT_PATHS } from "../http/exact-paths.js";

interface Deps {
  readonly readMetrics: () => Promise<string>;
  /** Who knows it may read; `undefined` where nobody may. */
  readonly token: string | undefined;
}

/** What this process, and the stores behind it, say to Prometheus. Without a token there is no such path. */
export function metricsRoutes({ readMetrics, token }: Deps): Router {
  return new Router(EXACT_PATHS).get("/metrics", requireToken(token), async (ctx) => {
    ctx.body = await readMetrics();
    ctx.set("Content-Type", prometheusContentType);
  });
}

/** @throws {@link NotFoundError} where no token is set; {@link UnauthenticatedError} for any other than that. */
function requireToken(token: string | undefined): Middleware {
  return async (ctx, next) => {
    if (token === undefined) throw new NotFoundError("path");
    if (!isSame(bearerOf(ctx), token)) {
      // RFC 6750 §3
      ctx.set("WWW-Authenticate", 'Bearer realm="metrics"');
      throw new UnauthenticatedError("Send METRICS_TOKEN as a bearer token");
    }
    await next();
  };
}

const bearerOf = (ctx: Context) => /^Bearer +(\S+) *$/i.exec(ctx.get("Authorization"))?.[1] ?? "";

/** Takes as long for a wrong token as for the right one, whatever their lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

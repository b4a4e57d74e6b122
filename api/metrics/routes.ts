import { createHash, timingSafeEqual } from "node:crypto";
import { prometheusContentType } from "prom-client";
import { UnauthenticatedError } from "../../common/accounts/errors.js";
import { NotFoundError } from "../../common/platform/errors.js";
import type { Context } from "../http/door.js";
import { Routes, type Step } from "../http/route.js";

interface Deps {
  readonly readMetrics: () => Promise<string>;
  /** What a reader must send; `undefined` where nobody may read. */
  readonly token: string | undefined;
}

/** The metrics of this process and of its stores, for Prometheus. Without a token there is no such path. */
export function metricsRoutes({ readMetrics, token }: Deps): Routes {
  return new Routes().get("/metrics", operator(token), async (ctx) => {
    ctx.body = await readMetrics();
    ctx.set("Content-Type", prometheusContentType);
  });
}

/** @throws {@link NotFoundError} where no token is set; {@link UnauthenticatedError} for any other token. */
function operator(token: string | undefined): Step {
  return Object.assign(
    async (ctx: Context, next: () => Promise<unknown>) => {
      if (token === undefined) throw new NotFoundError("path");
      if (!isSame(bearerOf(ctx), token)) {
        // RFC 6750 §3
        ctx.set("WWW-Authenticate", 'Bearer realm="metrics"');
        throw new UnauthenticatedError("Send METRICS_TOKEN as a bearer token");
      }
      await next();
    },
    { access: "operator" as const, cost: "nothing" as const },
  );
}

const bearerOf = (ctx: Context) => /^Bearer +(\S+) *$/i.exec(ctx.get("Authorization"))?.[1] ?? "";

/** Takes as long for a wrong token as for the right one, whatever their lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

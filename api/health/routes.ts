import Router from "@koa/router";
import type { Readiness } from "../../common/platform/readiness.js";
import { EXACT_PATHS } from "../http/exact-paths.js";

/** Whether this process lives, and whether what it stands on does. For load balancers; needs no account. */
export function healthRoutes({ readiness }: { readiness: Readiness }): Router {
  return new Router(EXACT_PATHS)
    .get("/healthz", (ctx) => {
      ctx.body = { status: "ok" };
    })
    .get("/readyz", async (ctx) => {
      const { isReady, mongodb, redis } = await readiness.check();
      ctx.status = isReady ? 200 : 503;
      if (!isReady) ctx.set("Retry-After", "5");
      ctx.body = { status: isReady ? "ok" : "unavailable", mongodb, redis };
    });
}

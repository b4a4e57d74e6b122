import type { Readiness } from "../../common/platform/readiness.js";
import { probe } from "../http/allow.js";
import { Routes } from "../http/route.js";

/** Whether this process runs, and whether MongoDB and Redis take its writes. For load balancers. */
export function healthRoutes({ readiness }: { readiness: Readiness }): Routes {
  return new Routes()
    .get("/healthz", probe, (ctx) => {
      ctx.body = { status: "ok" };
    })
    .get("/readyz", probe, async (ctx) => {
      const { isReady, mongodb, redis } = await readiness.check();
      ctx.status = isReady ? 200 : 503;
      if (!isReady) ctx.set("Retry-After", "5");
      ctx.body = { status: isReady ? "ok" : "unavailable", mongodb, redis };
    });
}

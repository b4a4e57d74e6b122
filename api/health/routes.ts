import type { PipelineStatus } from "../../common/pipeline/status.js";
import type { Readiness } from "../../common/platform/readiness.js";
import type { ScannerStatus } from "../../common/scan/status.js";
import { probe } from "../http/allow.js";
import { Routes } from "../http/route.js";

interface Deps {
  readonly readiness: Readiness;
  readonly scannerStatus: ScannerStatus;
  readonly pipelineStatus: PipelineStatus;
}

/** Whether this process runs, and whether MongoDB and Redis take its writes. For load balancers. */
export function healthRoutes({ readiness, scannerStatus, pipelineStatus }: Deps): Routes {
  return new Routes()
    .get("/healthz", probe, (ctx) => {
      ctx.body = { status: "ok" };
    })
    .get("/readyz", probe, async (ctx) => {
      const [{ isReady, mongodb, redis }, scanner, pipeline] = await Promise.all([
        readiness.check(),
        // Without it this process works as well: content waits, or is marked.
        scannerStatus.check(),
        pipelineStatus.check(),
      ]);
      ctx.status = isReady ? 200 : 503;
      if (!isReady) ctx.set("Retry-After", "5");
      ctx.body = { status: isReady ? "ok" : "unavailable", mongodb, redis, scanner, pipeline };
    });
}

import type { AuditLog } from "../../common/audit/log.js";
import type { PipelineOverview } from "../../common/pipeline/overview.js";
import type { QueueAdministration } from "../../common/queue/administration.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { presentPipeline, presentQueue } from "./present-queues.js";
import { oneQueue } from "./schema.js";

interface Deps {
  readonly queues: QueueAdministration;
  readonly pipelineOverview: PipelineOverview;
  readonly audit: AuditLog;
}

/** What admins see of the queues and of the pipeline, and how they stop the workers. */
export function adminQueueRoutes({ queues, pipelineOverview, audit }: Deps): Routes {
  return new Routes()
    .get("/admin/queues", allow("admin"), expects({}), async (ctx) => {
      const [items, pipeline] = await Promise.all([queues.list(), pipelineOverview.read()]);
      ctx.body = { items: items.map(presentQueue), pipeline: presentPipeline(pipeline) };
    })
    .post(
      "/admin/queues/:name/pause",
      allow("admin"),
      audits(audit, "queue.pause"),
      expects(oneQueue),
      async (ctx) => {
        const { name } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "queue", id: name };
        await queues.pause(name);
        ctx.status = 204;
      },
    )
    .post(
      "/admin/queues/:name/resume",
      allow("admin"),
      audits(audit, "queue.resume"),
      expects(oneQueue),
      async (ctx) => {
        const { name } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "queue", id: name };
        await queues.resume(name);
        ctx.status = 204;
      },
    );
}

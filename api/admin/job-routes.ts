import type { AuditLog } from "../../common/audit/log.js";
import { jobId } from "../../common/queue/catalogue.js";
import type { FailedJobs } from "../../common/queue/failed-jobs.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentFailedJob } from "./present.js";
import { listJobs, oneJob } from "./schema.js";

interface Deps {
  readonly failedJobs: FailedJobs;
  readonly audit: AuditLog;
}

/** What admins do with jobs that were given up. */
export function adminJobRoutes({ failedJobs, audit }: Deps): Routes {
  return new Routes()
    .get("/admin/jobs", allow("admin"), expects(listJobs), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await failedJobs.list(query);
      sendPage(ctx, { ...page, limit: query.limit }, presentFailedJob);
    })
    .post(
      "/admin/jobs/:id/retry",
      allow("admin"),
      audits(audit, "job.retry"),
      expects(oneJob),
      async (ctx) => {
        const { job } = await failedJobs.retry(ctx.state.request.params.id);
        ctx.state.audit.target = { kind: "job", id: jobId(job) };
        ctx.status = 204;
      },
    )
    .delete(
      "/admin/jobs/:id",
      allow("admin"),
      audits(audit, "job.discard"),
      expects(oneJob),
      async (ctx) => {
        const { job } = await failedJobs.discard(ctx.state.request.params.id);
        ctx.state.audit.target = { kind: "job", id: jobId(job) };
        ctx.status = 204;
      },
    );
}

import type { Access } from "../../common/access/service.js";
import { makerOf } from "../../common/jobs/actors.js";
import type { BulkOperation } from "../../common/jobs/job.js";
import type { Jobs } from "../../common/jobs/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { sendAccepted } from "./accepted.js";
import { presentJob, presentJobItem } from "./present.js";
import { listJobItems, listJobs, newJob, oneJob } from "./schema.js";
import { readSelection } from "./selection.js";

interface Deps {
  readonly access: Access;
  readonly watchedJobs: Jobs;
}

/** Making jobs, watching and cancelling them. */
export function jobRoutes(deps: Deps): Routes {
  const { access, watchedJobs: jobs } = deps;
  return watchingRoutes(deps)
    .post("/jobs", allow("files:write", { cost: "upload" }), expects(newJob), async (ctx) => {
      const { actor, request } = ctx.state;
      const selection = readSelection(request.body.selection);
      if ("folderId" in selection) await access.folder(actor, selection.folderId, "read");
      // The schema has told operations apart.
      const operation = request.body.operation as BulkOperation;
      const home = access.home(actor, "write");
      const task = { kind: "bulk", selection, operation } as const;
      sendAccepted(ctx, await jobs.create(home, { maker: makerOf(actor), task }));
    })
    .delete("/jobs/:id", allow("files:write"), expects(oneJob), async (ctx) => {
      const { actor, request } = ctx.state;
      await jobs.remove(access.home(actor, "write"), request.params.id);
      ctx.status = 204;
    });
}

function watchingRoutes({ access, watchedJobs: jobs }: Deps): Routes {
  return new Routes()
    .get("/jobs", allow("files:read", { cost: "search" }), expects(listJobs), async (ctx) => {
      const { actor, request } = ctx.state;
      const page = await jobs.list(access.home(actor, "read"), request.query);
      sendPage(ctx, { ...page, limit: request.query.limit }, (job) =>
        presentJob(job, apiBase(ctx)),
      );
    })
    .get("/jobs/:id", allow("files:read"), expects(oneJob), async (ctx) => {
      const { actor, request } = ctx.state;
      const job = await jobs.find(access.home(actor, "read"), request.params.id);
      ctx.body = presentJob(job, apiBase(ctx));
    })
    .get(
      "/jobs/:id/items",
      allow("files:read", { cost: "search" }),
      expects(listJobItems),
      async (ctx) => {
        const { actor, request } = ctx.state;
        const { params, query } = request;
        const page = await jobs.listItems(access.home(actor, "read"), params.id, query);
        sendPage(ctx, { ...page, limit: query.limit }, presentJobItem);
      },
    );
}

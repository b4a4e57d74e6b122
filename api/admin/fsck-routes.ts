import type { AuditLog } from "../../common/audit/log.js";
import type { FsckAdministration } from "../../common/maintenance/fsck/administration.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentFinding, presentFsckRun } from "./present-fsck.js";
import { listFindings, newFsckRun } from "./schema.js";

interface Deps {
  readonly fsckAdministration: FsckAdministration;
  readonly audit: AuditLog;
}

/** What admins do to check all that is stored. */
export function adminFsckRoutes({ fsckAdministration, audit }: Deps): Routes {
  return new Routes()
    .post(
      "/admin/fsck",
      allow("admin"),
      audits(audit, "fsck.start"),
      expects(newFsckRun),
      async (ctx) => {
        const { deep = false, repair = false } = ctx.state.request.body;
        const run = await fsckAdministration.start({ isDeep: deep, isRepairing: repair });
        ctx.state.audit.target = { kind: "fsck-run", id: run._id };
        ctx.status = 202;
        ctx.body = presentFsckRun(run);
      },
    )
    .get("/admin/fsck", allow("admin"), expects({}), async (ctx) => {
      ctx.body = presentFsckRun(await fsckAdministration.latest());
    })
    .get("/admin/fsck/findings", allow("admin"), expects(listFindings), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await fsckAdministration.findings(query);
      sendPage(ctx, { ...page, limit: query.limit }, presentFinding);
    })
    .delete(
      "/admin/fsck",
      allow("admin"),
      audits(audit, "fsck.cancel"),
      expects({}),
      async (ctx) => {
        await fsckAdministration.cancel();
        ctx.status = 204;
      },
    );
}

import type { AuditLog } from "../../common/audit/log.js";
import type { UploadAdministration } from "../../common/uploads/administration.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentOpenUpload } from "./present.js";
import { listUploads, oneUpload } from "./schema.js";

interface Deps {
  readonly uploadAdministration: UploadAdministration;
  readonly audit: AuditLog;
}

/** What admins do with uploads that are under way. */
export function adminUploadRoutes({ uploadAdministration, audit }: Deps): Routes {
  return new Routes()
    .get("/admin/uploads", allow("admin"), expects(listUploads), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await uploadAdministration.list(query);
      sendPage(ctx, { ...page, limit: query.limit }, presentOpenUpload);
    })
    .delete(
      "/admin/uploads/:id",
      allow("admin"),
      audits(audit, "upload.cancel"),
      expects(oneUpload),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "upload", id };
        ctx.state.audit.accountId = await uploadAdministration.cancel(id);
        ctx.status = 204;
      },
    );
}

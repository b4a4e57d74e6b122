import { Readable } from "node:stream";
import type { AuditLog } from "../../common/audit/log.js";
import type { Id } from "../../common/platform/ids.js";
import type { EncryptedZip } from "../../common/quarantine/encrypted-zip.js";
import type { Quarantine } from "../../common/quarantine/service.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { contentDisposition } from "../http/content-disposition.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { CONTENT_HEADERS } from "../http/media-type.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentQuarantined } from "./present.js";
import { listQuarantine, oneQuarantined } from "./schema.js";

interface Deps {
  readonly quarantine: Quarantine;
  readonly audit: AuditLog;
}

/** What admins do with content in quarantine: they take it along to inspect it, release it, or remove it for good. */
export function adminQuarantineRoutes({ quarantine, audit }: Deps): Routes {
  return readingRoutes({ quarantine, audit })
    .post(
      "/admin/quarantine/:id/release",
      allow("admin", { by: SIGNED_IN }),
      audits(audit, "quarantine.release"),
      expects(oneQuarantined),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "version", id };
        ctx.state.audit.accountId = await quarantine.release(id);
        ctx.status = 204;
      },
    )
    .delete(
      "/admin/quarantine/:id",
      allow("admin", { by: SIGNED_IN }),
      audits(audit, "quarantine.delete"),
      expects(oneQuarantined),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "version", id };
        ctx.state.audit.accountId = await quarantine.remove(id, ctx.state.actor.id);
        ctx.status = 204;
      },
    );
}

function readingRoutes({ quarantine, audit }: Deps): Routes {
  return new Routes()
    .get("/admin/quarantine", allow("admin"), expects(listQuarantine), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await quarantine.list(query);
      sendPage(ctx, { ...page, limit: query.limit }, presentQuarantined);
    })
    .get(
      "/admin/quarantine/:id/content",
      allow("admin", { by: SIGNED_IN }),
      audits(audit, "quarantine.download"),
      expects(oneQuarantined),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "version", id };
        const { ownerId, ...zip } = await quarantine.open(id);
        ctx.state.audit.accountId = ownerId;
        sendZip(ctx, id, zip);
      },
    );
}

function sendZip(ctx: Context, id: Id, { sizeBytes, bytes }: EncryptedZip): void {
  ctx.set(CONTENT_HEADERS);
  ctx.set("Content-Disposition", contentDisposition("attachment", `${id}.zip`));
  ctx.body = Readable.from(bytes, { objectMode: false });
  ctx.type = "application/zip";
  ctx.length = sizeBytes;
}

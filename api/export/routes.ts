import type { Archives } from "../../common/archives/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import { answerArchive } from "../archives/present.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";

interface Deps {
  readonly archives: Archives;
  readonly audit: AuditLog;
}

/** Taking all of an account along. */
export function exportRoutes({ archives, audit }: Deps): Routes {
  return new Routes().post(
    "/me/export",
    allow("account:read", { by: SIGNED_IN, cost: "search" }),
    audits(audit, "account.export"),
    expects({}),
    async (ctx) => {
      const { actor } = ctx.state;
      ctx.state.audit.target = { kind: "account", id: actor.id };
      answerArchive(ctx, await archives.createExport(actor));
    },
  );
}

import type { AccountDeletions } from "../../common/accounts/deletions.js";
import type { AuditLog } from "../../common/audit/log.js";
import { answerDeletion } from "../accounts/deletion-routes.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { presentManagedAccount } from "./present.js";
import { oneAccount } from "./schema.js";

interface Deps {
  readonly accountDeletions: AccountDeletions;
  readonly audit: AuditLog;
}

/** Admins delete accounts of others, and restore any. */
export function adminDeletionRoutes({ accountDeletions, audit }: Deps): Routes {
  return new Routes()
    .delete(
      "/admin/accounts/:id",
      allow("admin", { by: SIGNED_IN }),
      audits(audit, "account.delete"),
      expects(oneAccount),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit = { accountId: id, target: { kind: "account", id } };
        answerDeletion(ctx, await accountDeletions.requestByAdmin(id));
      },
    )
    .post(
      "/admin/accounts/:id/restore",
      allow("admin", { by: SIGNED_IN }),
      audits(audit, "account.restore"),
      expects(oneAccount),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit = { accountId: id, target: { kind: "account", id } };
        ctx.body = presentManagedAccount(await accountDeletions.restore(id, "admin"));
      },
    );
}

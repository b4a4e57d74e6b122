import { object } from "yup";
import type { AuditLog } from "../../common/audit/log.js";
import type { Enrolment } from "../../common/factors/enrolment.js";
import { confirmation } from "../accounts/schema.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { id } from "../http/fields.js";
import { Routes } from "../http/route.js";
import { type ConfirmationDeps, confirmRequest } from "./confirm-request.js";

export interface AdminFactorDeps extends ConfirmationDeps {
  readonly enrolment: Pick<Enrolment, "removeAll">;
  readonly audit: AuditLog;
}

const removal = { params: object({ id }), ...confirmation };

/** Admins help people who have lost their second factor. They confirm who they are: a stolen session of an admin must not remove any, least of all its own. */
export function adminFactorRoutes({ enrolment, audit, reauthentication }: AdminFactorDeps): Routes {
  const confirm = confirmRequest({ reauthentication });
  return new Routes().delete(
    "/admin/accounts/:id/second-factor",
    allow("admin", { by: SIGNED_IN }),
    audits(audit, "second-factor.delete"),
    expects(removal),
    async (ctx) => {
      const { params } = ctx.state.request;
      ctx.state.audit = { accountId: params.id, target: { kind: "account", id: params.id } };
      await confirm(ctx);
      await enrolment.removeAll(params.id);
      ctx.status = 204;
    },
  );
}

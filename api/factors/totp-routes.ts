import type { AuditLog } from "../../common/audit/log.js";
import type { Enrolment } from "../../common/factors/enrolment.js";
import { confirmation } from "../accounts/schema.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { type ConfirmationDeps, confirmRequest } from "./confirm-request.js";
import { presentFactors, presentPendingTotp } from "./present.js";
import { totpConfirmation } from "./schema.js";

export interface TotpDeps extends ConfirmationDeps {
  readonly enrolment: Enrolment;
  readonly audit: AuditLog;
}

/** Authenticator apps and recovery codes of the one who asks. */
export function totpRoutes({ enrolment, audit, reauthentication }: TotpDeps): Routes {
  const write = allow("account:write", { by: SIGNED_IN });
  const confirm = confirmRequest({ reauthentication });
  return new Routes()
    .get("/me/factors", allow("account:read"), expects({}), async (ctx) => {
      ctx.body = presentFactors(await enrolment.find(ctx.state.actor.id));
    })
    .post("/me/totp", write, audits(audit, "totp.start"), expects(confirmation), async (ctx) => {
      await confirm(ctx);
      ctx.status = 201;
      ctx.body = presentPendingTotp(await enrolment.startTotp(ctx.state.actor.account));
    })
    .post(
      "/me/totp/confirm",
      write,
      audits(audit, "totp.create"),
      expects(totpConfirmation),
      async (ctx) => {
        const { code } = ctx.state.request.body;
        ctx.body = { recoveryCodes: await enrolment.confirmTotp(ctx.state.actor.id, code) };
      },
    )
    .delete("/me/totp", write, audits(audit, "totp.delete"), expects(confirmation), async (ctx) => {
      await confirm(ctx);
      await enrolment.removeTotp(ctx.state.actor.id);
      ctx.status = 204;
    })
    .post(
      "/me/recovery-codes",
      write,
      audits(audit, "recovery-codes.create"),
      expects(confirmation),
      async (ctx) => {
        await confirm(ctx);
        ctx.status = 201;
        ctx.body = { recoveryCodes: await enrolment.renewRecoveryCodes(ctx.state.actor.id) };
      },
    );
}

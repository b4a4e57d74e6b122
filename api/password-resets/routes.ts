import type { MailedResets } from "../../common/administration/mailed-resets.js";
import type { PasswordResets } from "../../common/administration/password-resets.js";
import type { AuditLog } from "../../common/audit/log.js";
import { allow, limited, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import { newReset, passwordReset, resetRequest } from "./schema.js";

interface Deps {
  readonly passwordResets: PasswordResets;
  readonly mailedResets: Pick<MailedResets, "request">;
  readonly audit: AuditLog;
}

/** Links by which somebody who has lost the password sets a new one. */
export function passwordResetRoutes({ passwordResets, mailedResets, audit }: Deps): Routes {
  return new Routes()
    .post("/password-resets", limited("sign-in"), expects(resetRequest), async (ctx) => {
      await mailedResets.request(ctx.state.request.body.email);
      ctx.status = 202;
      ctx.body = { detail: REQUESTED };
    })
    .post(
      "/admin/accounts/:id/password-reset",
      allow("admin", { by: SIGNED_IN }),
      audits(audit, "password-reset.create"),
      expects(newReset),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        const { token, expiresAt } = await passwordResets.create(id);
        ctx.state.audit = { accountId: id, target: { kind: "account", id } };
        ctx.status = 201;
        const page = `/password-reset/${token}`;
        ctx.body = { token, links: { page }, expiresAt: expiresAt.toISOString() };
      },
    )
    .post(
      "/password-reset",
      limited("sign-in"),
      audits(audit, "password.reset"),
      expects(passwordReset),
      async (ctx) => {
        const { token, newPassword } = ctx.state.request.body;
        const id = await passwordResets.complete(token, newPassword, goneSignal(ctx.res));
        ctx.state.audit = { accountId: id, target: { kind: "account", id } };
        ctx.status = 204;
      },
    );
}

/** The same whether or not an account has the address. */
const REQUESTED =
  "If an account has confirmed this address, a mail with a link for a new password is on its way to it.";

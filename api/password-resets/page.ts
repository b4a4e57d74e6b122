import type { PasswordResets } from "../../common/administration/password-resets.js";
import type { AuditLog } from "../../common/audit/log.js";
import { limited } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { sendDonePage, sendFormPage, showsForm } from "../pages/form-page.js";
import { oneLink, sentForm } from "./schema.js";

interface Deps {
  readonly passwordResets: PasswordResets;
  readonly audit: AuditLog;
  readonly assets: AssetBundle;
}

/** The page that a link for a new password leads to. */
export function resetPageRoutes({ passwordResets, audit, assets }: Deps): Routes {
  const cost = limited("sign-in");
  const pageOf = ({ path }: { readonly path: string }) => ({ ...FORM, assets, action: path });
  return new Routes()
    .get("/password-reset/:token", cost, expects(oneLink), async (ctx) => {
      await passwordResets.check(ctx.state.request.params.token);
      sendFormPage(ctx, pageOf(ctx));
    })
    .post(
      "/password-reset/:token",
      cost,
      audits(audit, "password.reset"),
      showsForm(pageOf),
      expects(sentForm),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        const signal = goneSignal(ctx.res);
        const id = await passwordResets.complete(params.token, body.newPassword, signal);
        ctx.state.audit = { accountId: id, target: { kind: "account", id } };
        sendDonePage(ctx, { ...DONE, assets });
      },
    );
}

const FORM = {
  topic: "Account",
  heading: "Choose a new password",
  text: "This link is for your account alone, and works once. You are signed out everywhere afterwards.",
  fields: [{ name: "newPassword", label: "New password, 8 characters or more" }],
  button: "Set the password",
} as const;

const DONE = {
  heading: "Your password is changed",
  text: "All your sessions have ended. Sign in with the new password.",
};

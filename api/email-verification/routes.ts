import type { AuditLog } from "../../common/audit/log.js";
import type { Emails } from "../../common/registration/emails.js";
import { limited } from "../http/allow.js";
import { type AuditNote, audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { sendDonePage, sendFormPage } from "../pages/form-page.js";
import { oneLink, verification } from "./schema.js";

interface Deps {
  readonly emails: Pick<Emails, "check" | "confirm">;
  readonly audit: AuditLog;
}

/** Confirms the e-mail address of an account by the token of a link, for programs. */
export function emailVerificationRoutes({ emails, audit }: Deps): Routes {
  return new Routes().post(
    "/email-verification",
    limited("sign-in"),
    audits(audit, "email.verify"),
    expects(verification),
    async (ctx) => {
      await confirm(emails, ctx, ctx.state.request.body.token);
      ctx.status = 204;
    },
  );
}

/** The page that the link leads to. Opening it changes nothing: programs that look for malware in mails open links too. */
export function verificationPageRoutes({
  emails,
  audit,
  assets,
}: Deps & { readonly assets: AssetBundle }): Routes {
  const cost = limited("sign-in");
  return new Routes()
    .get("/email-verification/:token", cost, expects(oneLink), async (ctx) => {
      const address = await emails.check(ctx.state.request.params.token);
      const text = `Confirm that ${address} is your e-mail address. It then belongs to the account that the mail names.`;
      sendFormPage(ctx, { ...FORM, text, assets, action: ctx.path });
    })
    .post(
      "/email-verification/:token",
      cost,
      audits(audit, "email.verify"),
      expects(oneLink),
      async (ctx) => {
        await confirm(emails, ctx, ctx.state.request.params.token);
        sendDonePage(ctx, { ...DONE, assets });
      },
    );
}

async function confirm(
  emails: Deps["emails"],
  ctx: { state: { audit: AuditNote } },
  token: string,
): Promise<void> {
  const { id, from, to } = await emails.confirm(token);
  ctx.state.audit = {
    accountId: id,
    target: { kind: "account", id },
    changes: { email: [from, to] },
  };
}

const FORM = {
  topic: "Account",
  heading: "Confirm your address",
  fields: [],
  button: "Confirm the address",
} as const;

const DONE = {
  heading: "Your address is confirmed",
  text: "Mails about your account go to it from now on.",
};

import { object, string } from "yup";
import type { AuditLog } from "../../common/audit/log.js";
import type { Setup } from "../../common/registration/setup.js";
import { presentAccount } from "../accounts/present.js";
import { limited } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { password, username } from "../http/fields.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { sendFormPage, showsForm } from "../pages/form-page.js";
import { prefersHtml } from "../pages/html.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";

interface Deps {
  readonly setup: Setup;
  readonly sessions: CookieSessions;
  readonly audit: AuditLog;
  readonly assets: AssetBundle;
  /** `ADMIN_USERNAME` */
  readonly adminUsername: string | undefined;
}

const oneLink = {
  params: object({
    token: string()
      .matches(/^[A-Za-z0-9_-]{43}$/)
      .defined(),
  }),
};

const firstAdmin = { ...oneLink, body: object({ username, password }) };

/** The setup link that `npm start` prints: a page that makes the first admin, and the same for programs. */
export function setupRoutes({ setup, sessions, audit, assets, adminUsername }: Deps): Routes {
  const cost = limited("sign-in");
  const pageOf = ({ path }: { readonly path: string }) =>
    ({ ...PAGE, assets, action: path, fields: fieldsOf(adminUsername) }) as const;
  return new Routes()
    .get("/setup/:token", cost, expects(oneLink), async (ctx) => {
      await setup.check(ctx.state.request.params.token);
      ctx.vary("Accept");
      if (prefersHtml(ctx)) sendFormPage(ctx, pageOf(ctx));
      else ctx.body = { username: adminUsername ?? null };
    })
    .post(
      "/setup/:token",
      cost,
      audits(audit, "account.create"),
      showsForm(pageOf),
      expects(firstAdmin),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        const account = await setup.register(params.token, body, {
          address: ctx.state.client.ip,
          signal: goneSignal(ctx.res),
          within: (claim, insert) =>
            sessions.start(ctx, { ...claim, methods: ["password"] }, insert),
        });
        const { id, role } = account;
        const target = { kind: "account", id };
        ctx.state.audit = { accountId: id, target, changes: { role: [null, role] } };
        ctx.vary("Accept");
        ctx.status = prefersHtml(ctx) ? 303 : 201;
        if (prefersHtml(ctx)) ctx.set("Location", "/drive?signed-in");
        else ctx.body = presentAccount(account);
      },
    );
}

const PAGE = {
  topic: "Setup",
  heading: "Make the first admin",
  text: "The admin of this server manages its accounts, its limits and its jobs. This page works once.",
  button: "Create the account and sign in",
};

const fieldsOf = (adminUsername: string | undefined) =>
  [
    { name: "username", label: "Username", value: adminUsername },
    { name: "password", label: "Password, 8 characters or more" },
  ] as const;

import type { AuditLog } from "../../common/audit/log.js";
import type { Reauthentication } from "../../common/accounts/reauthentication.js";
import type { CredentialsRepository } from "../../common/credentials/repository.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { VersionRules } from "../../common/accounts/version-rules.js";
import type { Registration } from "../../common/registration/service.js";
import { allow, limited, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";
import { presentAccount, presentProfile } from "./present.js";
import { passwordChange, registration as signUp } from "./schema.js";

interface Deps {
  readonly accounts: Accounts;
  readonly registration: Registration;
  readonly sessions: CookieSessions;
  readonly credentials: Pick<CredentialsRepository, "removeAll">;
  readonly reauthentication: Reauthentication;
  readonly audit: AuditLog;
  readonly defaultVersionRules: VersionRules;
}

/** Registration, and the account of the one who asks. */
export function accountRoutes(deps: Deps): Routes {
  const { registration, sessions, audit, defaultVersionRules } = deps;
  return passwordRoutes(deps)
    .post(
      "/register",
      limited("sign-in"),
      audits(audit, "account.create"),
      expects(signUp),
      async (ctx) => {
        const account = await registration.register(ctx.state.request.body, {
          address: ctx.state.client.ip,
          signal: goneSignal(ctx.res),
          within: (claim, insert) =>
            sessions.start(ctx, { ...claim, methods: ["password"] }, insert),
        });
        ctx.state.audit = { accountId: account.id, target: { kind: "account", id: account.id } };
        if (account.role !== "member") ctx.state.audit.changes = { role: [null, account.role] };
        ctx.status = 201;
        ctx.body = presentAccount(account);
      },
    )
    .get("/me", allow("account:read"), expects({}), (ctx) => {
      ctx.body = presentProfile(ctx.state.actor.account, defaultVersionRules);
    });
}

/** A person changes its password, and stays signed in where it does so; all else that it has signed in for ends. */
function passwordRoutes({
  accounts,
  credentials,
  reauthentication,
  sessions,
  audit,
}: Deps): Routes {
  return new Routes().put(
    "/me/password",
    allow("account:write", { by: SIGNED_IN }),
    audits(audit, "password.change"),
    expects(passwordChange),
    async (ctx) => {
      const { account, credential } = ctx.state.actor;
      const { currentPassword, newPassword, code, passkey } = ctx.state.request.body;
      const signal = goneSignal(ctx.res);
      const confirmation = { password: currentPassword, code, passkey };
      const address = ctx.state.client.ip;
      const needs = { needsPassword: true, passwordField: "currentPassword" };
      await reauthentication.confirm(account.id, confirmation, {
        ...needs,
        ...{ address, signal, credential },
      });
      const { methods } = credential;
      const before = await accounts.changePassword(account, newPassword, {
        signal,
        ...(credential.kind === "session" && {
          within: (claim, change) => sessions.start(ctx, { ...claim, methods }, change),
        }),
      });
      // They are invalid already: this only takes them off the lists.
      await credentials.removeAll(account.id, { kinds: SIGNED_IN, before });
      ctx.status = 204;
    },
  );
}

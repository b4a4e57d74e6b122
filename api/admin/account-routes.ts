import type { AccountAdministration } from "../../common/accounts/administration.js";
import { wholeRules } from "../../common/accounts/version-rules.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { CredentialsRepository } from "../../common/credentials/repository.js";
import type { AuditLog } from "../../common/audit/log.js";
import { allow, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { changesOf, presentManagedAccount } from "./present.js";
import { refuseKeys } from "./refuse-keys.js";
import { changeAccount, endSessions, listAccounts, oneAccount } from "./schema.js";

interface Deps {
  readonly accounts: Pick<Accounts, "find" | "endSessions">;
  readonly credentials: Pick<CredentialsRepository, "removeAll">;
  readonly accountAdministration: AccountAdministration;
  readonly audit: AuditLog;
}

/** What admins do with accounts. */
export function adminAccountRoutes(deps: Deps): Routes {
  const { accounts, accountAdministration, audit } = deps;
  return endingRoutes(deps)
    .get("/admin/accounts", allow("admin"), expects(listAccounts), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await accountAdministration.list(query);
      sendPage(ctx, { ...page, limit: query.limit }, presentManagedAccount);
    })
    .get("/admin/accounts/:id", allow("admin"), expects(oneAccount), async (ctx) => {
      ctx.body = presentManagedAccount(await accounts.find(ctx.state.request.params.id));
    })
    .patch(
      "/admin/accounts/:id",
      allow("admin"),
      audits(audit, "account.change"),
      expects(changeAccount),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        const { id } = params;
        const change = {
          ...body,
          versionRules: body.versionRules && wholeRules(body.versionRules),
        };
        refuseKeys(ctx.state.actor, change.role);
        const before = await accountAdministration.change(id, change);
        const changes = changesOf(before, change);
        const isIdle = Object.keys(changes).length === 0;
        ctx.state.audit = { accountId: id, target: { kind: "account", id }, changes, isIdle };
        ctx.body = presentManagedAccount(await accounts.find(id));
      },
    );
}

/** Ending what an account has signed in for. */
function endingRoutes({ accounts, credentials, audit }: Deps): Routes {
  return new Routes().delete(
    "/admin/accounts/:id/sessions",
    allow("admin"),
    audits(audit, "account.sign-out"),
    expects(endSessions),
    async (ctx) => {
      const { params, query } = ctx.state.request;
      const { id } = params;
      await accounts.endSessions(id);
      // Sessions and tokens are invalid already: this only takes them off the lists.
      const before = (await accounts.find(id)).sessionsValidFrom;
      await credentials.removeAll(id, { kinds: SIGNED_IN, before });
      if (query.keys) await credentials.removeAll(id, { kinds: ["api-key"] });
      const target = { kind: "account", id };
      ctx.state.audit = { accountId: id, target, changes: { keys: [null, query.keys] } };
      ctx.status = 204;
    },
  );
}

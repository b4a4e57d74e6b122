import type { Deletion } from "../../common/accounts/account.js";
import type { AccountDeletions } from "../../common/accounts/deletions.js";
import { InvalidCredentialsError } from "../../common/accounts/errors.js";
import type { Reauthentication } from "../../common/accounts/reauthentication.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { allow, limited, SIGNED_IN } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { Routes } from "../http/route.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";
import { presentAccount } from "./present.js";
import { credentials, confirmation } from "./schema.js";

interface Deps {
  readonly accounts: Accounts;
  readonly accountDeletions: AccountDeletions;
  readonly reauthentication: Reauthentication;
  readonly sessions: CookieSessions;
  readonly audit: AuditLog;
}

/** The end of an account, and how it is called off. */
export function deletionRoutes(deps: Deps): Routes {
  const { accountDeletions, reauthentication, sessions, audit } = deps;
  return restoreRoutes(deps).delete(
    "/me",
    allow("account:write", { by: SIGNED_IN }),
    audits(audit, "account.delete"),
    expects(confirmation),
    async (ctx) => {
      const { account, credential } = ctx.state.actor;
      const signal = goneSignal(ctx.res);
      const { body } = ctx.state.request;
      await reauthentication.confirm(account.id, body, {
        needsPassword: true,
        address: ctx.state.client.ip,
        signal,
        credential,
      });
      ctx.state.audit = { target: { kind: "account", id: account.id } };
      answerDeletion(ctx, await accountDeletions.requestByOwner(account));
      if (credential.kind === "session") await sessions.forget(ctx);
    },
  );
}

function restoreRoutes({ accounts, accountDeletions, sessions, audit }: Deps): Routes {
  return new Routes().post(
    "/me/restore",
    limited("sign-in"),
    audits(audit, "account.restore"),
    expects(credentials),
    async (ctx) => {
      const { account, signedInAt, methods } = await accounts.signIn(ctx.state.request.body, {
        address: ctx.state.client.ip,
        signal: goneSignal(ctx.res),
        isRestoring: true,
      });
      const { id } = account;
      ctx.state.audit = { accountId: id, target: { kind: "account", id } };
      const claim = { accountId: id, signedInAt, methods };
      ctx.body = await sessions.start(ctx, claim, async () =>
        presentAccount(await restored(accountDeletions, id)),
      );
    },
  );
}

/** An account that is not to be deleted answers as one whose password is wrong. */
async function restored(accountDeletions: AccountDeletions, id: string) {
  try {
    return await accountDeletions.restore(id, "owner");
  } catch (error) {
    throw error instanceof NotFoundError ? new InvalidCredentialsError(id) : error;
  }
}

/** Until when the account can be restored. */
export function answerDeletion(
  ctx: { status: number; body: unknown },
  { requestedAt, purgeAt }: Deletion,
): void {
  ctx.status = 202;
  ctx.body = { requestedAt: requestedAt.toISOString(), purgeAt: purgeAt.toISOString() };
}

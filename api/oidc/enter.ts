import type { AccountDeletions } from "../../common/accounts/deletions.js";
import type { Role } from "../../common/accounts/role.js";
import type { SignIn } from "../../common/accounts/service.js";
import type { AuditContext } from "../http/audits.js";
import type { CookieSessions } from "../sessions/cookie-sessions.js";

export interface EnterDeps {
  readonly accountDeletions: Pick<AccountDeletions, "restore">;
  readonly sessions: CookieSessions;
}

/** Starts the session of a person who has given every proof that is needed. Restores the account if the person asked for that. */
export async function enter(
  ctx: AuditContext,
  { accountDeletions, sessions }: EnterDeps,
  { account, signedInAt, methods }: SignIn,
): Promise<void> {
  const { id: accountId, deletion } = account;
  ctx.state.audit = {
    ...ctx.state.audit,
    accountId,
    target: { kind: "account", id: accountId },
    ...(deletion !== null && { action: "account.restore" }),
  };
  await sessions.start(ctx, { accountId, signedInAt, methods }, async () => {
    if (deletion !== null) await accountDeletions.restore(accountId, "owner");
  });
}

/** What the audit log has of a role that the provider gave. */
export const roleChange = (before: Role | undefined, role: Role) =>
  before === undefined ? {} : { changes: { role: [before, role] as const } };

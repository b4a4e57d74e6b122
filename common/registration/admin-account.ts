import type { AccountAdministration } from "../accounts/administration.js";
import { operatorEvent } from "../audit/event.js";
import type { AuditLog } from "../audit/log.js";

interface Deps {
  readonly accountAdministration: Pick<AccountAdministration, "findByUsername" | "change">;
  readonly audit: Pick<AuditLog, "record">;
}

/**
 * Makes the account that `ADMIN_USERNAME` names an admin, if there is one. It is the operator who says so: whose name it is, they know.
 *
 * @returns whether it was no admin before.
 */
export async function makeAdmin(username: string, deps: Deps): Promise<boolean> {
  const { accountAdministration, audit } = deps;
  const account = await accountAdministration.findByUsername(username);
  if (account === undefined || account.role === "admin") return false;
  const { id } = account;
  const { role } = await accountAdministration.change(id, { role: "admin" });
  await audit.record(operatorEvent("account.change", id, { role: [role, "admin"] }));
  return true;
}

import type { AccountActor } from "../../common/access/actor.js";
import { CredentialNotAcceptedError } from "../../common/access/errors.js";
import type { Role } from "../../common/accounts/role.js";
import { SIGNED_IN } from "../http/allow.js";

/**
 * Nobody becomes an admin by an API key: a program that is to manage accounts must not make an account that outlives its key.
 *
 * @throws {@link CredentialNotAcceptedError}
 */
export function refuseKeys(actor: AccountActor, role: Role | undefined): void {
  if (role !== "admin" || SIGNED_IN.includes(actor.credential.kind)) return;
  throw new CredentialNotAcceptedError(SIGNED_IN);
}

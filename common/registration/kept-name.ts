import { usernameKey } from "../accounts/account.js";

/** Whether only an admin may take a username: else a stranger could take it first, and would be the admin. */
export function isKeptName(username: string, adminUsername: string | undefined): boolean {
  return adminUsername !== undefined && usernameKey(username) === usernameKey(adminUsername);
}

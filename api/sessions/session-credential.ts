import type { Accounts } from "../../common/accounts/service.js";
import type { Credential } from "../middleware/authenticate.js";
import { claimOf } from "./session.js";

/** Proof by the session cookie. */
export function sessionCredential(accounts: Pick<Accounts, "actorOf">): Credential {
  return async (ctx) => {
    const claim = claimOf(ctx);
    return claim === undefined ? undefined : await accounts.actorOf(claim);
  };
}

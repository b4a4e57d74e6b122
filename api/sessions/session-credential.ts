import { accountActor } from "../../common/access/actor.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { Credential } from "../middleware/authenticate.js";
import { claimOf, sessionIdOf } from "./session.js";

/** Proof by the session cookie. */
export function sessionCredential(accounts: Pick<Accounts, "findSignedIn">): Credential {
  return async (ctx) => {
    const claim = claimOf(ctx);
    const account = claim === undefined ? undefined : await accounts.findSignedIn(claim);
    return account && accountActor(account, { kind: "session", id: sessionIdOf(ctx) });
  };
}

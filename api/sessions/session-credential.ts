import { accountActor } from "../../common/access/actor.js";
import type { Accounts } from "../../common/accounts/service.js";
import type { CredentialReader } from "../http/door.js";
import type { CookieSessions } from "./cookie-sessions.js";

interface Deps {
  readonly sessions: CookieSessions;
  readonly accounts: Pick<Accounts, "findSignedIn">;
}

/** The session cookie as a credential. */
export function sessionCredential({ sessions, accounts }: Deps): CredentialReader {
  return async (ctx) => {
    const session = await sessions.open(ctx);
    if (session.claim === undefined) return undefined;
    const account = await accounts.findSignedIn(session.claim);
    if (account === undefined) return undefined;
    const actor = accountActor(account, { kind: "session", id: session.id });
    return { actor, renew: () => session.renew() };
  };
}

import type { Account } from "../accounts/account.js";
import { UnauthenticatedError, UsernameTakenError } from "../accounts/errors.js";
import type { AccountsRepository } from "../accounts/repository.js";
import type { SessionClaim } from "../accounts/service.js";
import { isKeptName } from "./kept-name.js";
import type { RegistrationSettings } from "./settings.js";

interface Deps extends Pick<RegistrationSettings, "adminUsername"> {
  readonly accounts: Pick<AccountsRepository, "changeUsername">;
  readonly now: () => Date;
}

interface UsernameChange {
  /** What the change runs in: it begins a new session, and ends it if the change fails. Default: no session. */
  readonly within?: (claim: SessionClaim, change: () => Promise<void>) => Promise<void>;
}

/** Changes usernames. */
export class Usernames {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Changes the username of an account that is known to be the asker's. What it has signed in for ends on every web process, from the next
   * request on; API keys stay. The old username is free at once.
   *
   * @param account - As it was when the request was authenticated.
   * @returns from when on sessions count.
   * @throws {@link UsernameTakenError} when another account has the username, ignoring case, or the name is kept for the admin.
   * @throws {@link UnauthenticatedError} when the sessions were ended meanwhile, as each change of the password or the username does.
   */
  async change(
    { id, role, sessionsValidFrom: from }: Account,
    username: string,
    { within = (_claim, change) => change() }: UsernameChange = {},
  ): Promise<Date> {
    const { accounts, adminUsername, now } = this.#deps;
    if (role !== "admin" && isKeptName(username, adminUsername)) throw new UsernameTakenError();
    const to = new Date(Math.max(now().getTime(), from.getTime()) + 1);
    await within({ accountId: id, signedInAt: to }, async () => {
      const outcome = await accounts.changeUsername({ id, from, to, username });
      if (outcome === "taken") throw new UsernameTakenError();
      if (outcome === "ended") throw new UnauthenticatedError("The session has ended meanwhile");
    });
    return to;
  }
}

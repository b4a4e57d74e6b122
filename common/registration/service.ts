import type { Account } from "../accounts/account.js";
import { UsernameTakenError } from "../accounts/errors.js";
import type { Accounts, Credentials, RegistrationOptions } from "../accounts/service.js";
import { RegistrationClosedError } from "./errors.js";
import type { Invitation } from "./invitation.js";
import type { Invitations } from "./invitations.js";
import { isKeptName } from "./kept-name.js";
import type { RegistrationSettings } from "./settings.js";

type Options = Pick<RegistrationOptions, "address" | "signal" | "within">;

/** A registration that begins no session. */
const alone: NonNullable<Options["within"]> = (_claim, insert) => insert();

interface Deps extends RegistrationSettings {
  readonly accounts: Pick<Accounts, "register">;
  readonly invitations: Pick<Invitations, "find" | "use">;
}

/** Who may make an account. */
export class Registration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes an account for one who asks for it, as `REGISTRATION` allows.
   *
   * @param credentials - Checked as `Accounts.register` wants it, with the token of an invitation if there is one.
   * @throws {@link RegistrationClosedError}
   * @throws InvalidInvitationError when the token does not count (any more).
   * @throws {@link UsernameTakenError} also where the name is kept for the admin. And what `Accounts.register` throws.
   */
  async register(
    { username, password, invitation: token }: Credentials & { invitation?: string | undefined },
    options: Options = {},
  ): Promise<Account> {
    const { registration: policy, adminUsername, invitations } = this.#deps;
    if (policy === "closed") throw new RegistrationClosedError(policy);
    if (policy === "invite" && token === undefined) throw new RegistrationClosedError(policy);
    const invitation = token === undefined ? undefined : await invitations.find(token);
    const isAdmin = invitation?.role === "admin";
    if (!isAdmin && isKeptName(username, adminUsername)) throw new UsernameTakenError();
    return this.registerBy(invitation, { username, password }, options);
  }

  /** Makes an account by an invitation that is known to be the asker's, or by none. @throws as {@link register} does. */
  registerBy(
    invitation: Pick<Invitation, "id" | "role" | "limitBytes"> | undefined,
    credentials: Credentials,
    options: Options = {},
  ): Promise<Account> {
    const { accounts, invitations } = this.#deps;
    if (invitation === undefined) return accounts.register(credentials, options);
    const { id, role, limitBytes } = invitation;
    const { within = alone } = options;
    return accounts.register(credentials, {
      ...options,
      role,
      limitBytes,
      within: (claim, insert) => within(claim, () => invitations.use(id, claim.accountId, insert)),
    });
  }
}

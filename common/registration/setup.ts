import type { Account } from "../accounts/account.js";
import type { AccountAdministration } from "../accounts/administration.js";
import type { Credentials, RegistrationOptions } from "../accounts/service.js";
import { idOfSecret } from "../credentials/secret.js";
import { NotFoundError } from "../platform/errors.js";
import { InvalidInvitationError } from "./errors.js";
import type { InvitationsRepository } from "./repository.js";
import type { Registration } from "./service.js";
import { isSetupToken } from "./setup-token.js";

/** The invitation of the setup link, by which it makes one account however many ask at once. */
const ID = idOfSecret("stowage setup link");

interface Deps {
  readonly accountAdministration: Pick<AccountAdministration, "hasAdmin">;
  readonly invitations: Pick<InvitationsRepository, "insert">;
  readonly registration: Pick<Registration, "registerBy">;
  readonly sessionSecrets: readonly string[];
  /** What a new account may store, in bytes; `null` is unlimited. */
  readonly defaultQuotaBytes: number | null;
  readonly now: () => Date;
}

/** Makes the first admin, for a person with the setup link. */
export class Setup {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws {@link NotFoundError} for another token, and as soon as there is an admin. */
  async check(token: string): Promise<void> {
    const { sessionSecrets, accountAdministration } = this.#deps;
    const isValid =
      isSetupToken(token, sessionSecrets) && !(await accountAdministration.hasAdmin());
    if (!isValid) throw noLink();
  }

  /** @throws {@link NotFoundError} as {@link check} does; and what `Accounts.register` throws. */
  async register(
    token: string,
    credentials: Credentials,
    options: RegistrationOptions,
  ): Promise<Account> {
    const { invitations, registration, defaultQuotaBytes, now } = this.#deps;
    await this.check(token);
    await invitations.insert({
      _id: ID,
      // Of no token: POST /register takes it for none.
      secretHash: "",
      role: "admin",
      limitBytes: null,
      maxUses: 1,
      usesLeft: 1,
      pending: [],
      createdBy: null,
      createdAt: now(),
      expiresAt: null,
    });
    const invitation = { id: ID, role: "admin", limitBytes: defaultQuotaBytes } as const;
    try {
      return await registration.registerBy(invitation, credentials, options);
    } catch (error) {
      throw error instanceof InvalidInvitationError ? noLink() : error;
    }
  }
}

const noLink = () => new NotFoundError("setup link, or there is an admin already");

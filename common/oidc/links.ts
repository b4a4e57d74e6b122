import type { AccountsRepository } from "../accounts/repository.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { OnlySignInError } from "./errors.js";
import type { OidcIdentitiesRepository } from "./repository.js";

interface Deps {
  readonly identities: OidcIdentitiesRepository;
  readonly accounts: Pick<AccountsRepository, "findPassword">;
  /** `undefined` where there is no single sign-on. */
  readonly issuer: string | undefined;
  readonly name: string;
}

/** What single sign-on is called here, and since when an account is linked. */
export interface OidcLink {
  readonly name: string;
  readonly issuer: string;
  /** `null` where the account is not linked. */
  readonly linkedAt: Date | null;
}

/** The link of an account with a person at the OpenID provider. */
export class OidcLinks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws {@link NotFoundError} where there is no single sign-on. */
  async find(accountId: Id): Promise<OidcLink> {
    const { identities, issuer, name } = this.#deps;
    if (issuer === undefined) throw new NotFoundError("single sign-on");
    const identity = await identities.findByAccount(accountId);
    return { name, issuer, linkedAt: identity?.linkedAt ?? null };
  }

  /**
   * @throws {@link OnlySignInError} when the account has no password.
   * @throws {@link NotFoundError} when it is not linked.
   */
  async remove(accountId: Id): Promise<void> {
    const { identities, accounts } = this.#deps;
    // A password is never taken away again, so this holds until the link is gone.
    const found = await accounts.findPassword(accountId);
    if (found?.passwordHash === undefined) throw new OnlySignInError();
    if (!(await identities.remove(accountId))) throw new NotFoundError("link");
  }
}

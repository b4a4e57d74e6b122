import type { AccountAdministration } from "../accounts/administration.js";
import type { Account } from "../accounts/account.js";
import { LastAdminError } from "../accounts/errors.js";
import { refuseInactive } from "../accounts/refuse-inactive.js";
import type { AccountsRepository } from "../accounts/repository.js";
import type { Role } from "../accounts/role.js";
import type { SignIn } from "../accounts/service.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import { isKeptName } from "../registration/kept-name.js";
import { claimAt, roleOf, saysSeveralFactors, usernamesFrom } from "./claims.js";
import { AlreadyLinkedError, NotAdmittedError } from "./errors.js";
import type { Claims, Handshake, OidcProvider } from "./provider.js";
import type { OidcIdentitiesRepository, OidcSubject } from "./repository.js";

/** Who gets in, and as what. */
export interface AdmissionPolicy {
  /** `open`: new people get an account. */
  readonly registration: string;
  readonly usernameClaim: string;
  /** `undefined`: admins give roles, and a new account is a member. */
  readonly roles:
    | {
        readonly claim: string;
        readonly map: ReadonlyMap<string, Role>;
        readonly byDefault: Role | undefined;
      }
    | undefined;
  readonly adminUsername: string | undefined;
  /** Whether the provider's word for several factors takes the place of the account's own second factor. */
  readonly trustsSecondFactor: boolean;
  /** What a new account may store, in bytes; `null` is unlimited. */
  readonly defaultQuotaBytes: number | null;
}

/** Where the provider sends people back to. It has to know this path. */
const CALLBACK_PATH = "/api/v1/login/oidc/callback";

interface Deps {
  /** `undefined` where there is no single sign-on. */
  readonly provider: OidcProvider | undefined;
  readonly policy: AdmissionPolicy;
  readonly publicUrl: URL | undefined;
  readonly identities: OidcIdentitiesRepository;
  readonly accounts: Pick<AccountsRepository, "findById" | "insert">;
  readonly administration: Pick<AccountAdministration, "change">;
  readonly now: () => Date;
}

/** A sign-in at the provider. */
export interface OidcSignIn extends SignIn {
  /** The role that the account had before, where the provider has given it another one. */
  readonly roleBefore: Role | undefined;
  /** Whether the account's own second factor is not asked for. */
  readonly isComplete: boolean;
}

/**
 * Sign-in by an OpenID provider. An account is linked with a person by issuer and subject alone.
 *
 * @throws {@link NotFoundError} from every method, where there is no single sign-on. IssuerUnavailableError, where the provider does not answer.
 */
export class SingleSignOn {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Where to send the browser, and what it has to keep until it comes back.
   *
   * @param origin - Where the request came to; `PUBLIC_URL` counts before it.
   */
  async begin(origin: string): Promise<{ url: URL; handshake: Handshake; redirectUri: string }> {
    const redirectUri = `${this.#deps.publicUrl?.origin ?? origin}${CALLBACK_PATH}`;
    return { ...(await this.#provider().begin(redirectUri)), redirectUri };
  }

  /**
   * Signs in the person who comes back from the provider, who gets an account where `OIDC_REGISTRATION` says so.
   *
   * @param isRestoring - Whether the account may be one that is to be deleted.
   * @throws SingleSignOnFailedError, {@link NotAdmittedError}, AccountDeletedError, AccountDisabledError.
   */
  async signIn(callback: URL, handshake: Handshake, isRestoring: boolean): Promise<OidcSignIn> {
    const { identities, accounts, now } = this.#deps;
    // Taken before the account is read: whatever ends its sessions after that also ends this one.
    const startedAt = now();
    const claims = await this.#provider().finish(callback, handshake);
    const person = personOf(claims);
    const role = this.#roleFrom(claims);
    const identity = await identities.find(person);
    const known = identity === null ? undefined : await accounts.findById(identity.accountId);
    if (known === undefined) return this.#firstSignIn(claims, role);
    const isComplete = this.#deps.policy.trustsSecondFactor && saysSeveralFactors(claims);
    refuseInactive(known, { isRestoring });
    const account = await this.#withRole(known, role);
    const isChanged = account.role !== known.role;
    return {
      account,
      signedInAt: new Date(Math.max(startedAt.getTime(), known.sessionsValidFrom.getTime())),
      methods: ["oidc"],
      roleBefore: isChanged ? known.role : undefined,
      isComplete,
    };
  }

  /**
   * Links the account of one who is signed in with the person who comes back from the provider.
   *
   * @throws SingleSignOnFailedError, {@link AlreadyLinkedError}.
   */
  async link(callback: URL, handshake: Handshake, accountId: Id): Promise<void> {
    const { identities, now } = this.#deps;
    const person = personOf(await this.#provider().finish(callback, handshake));
    if (!(await identities.insert(person, accountId, now()))) throw new AlreadyLinkedError();
  }

  /** The role that the claims give; `undefined` where the provider gives none. @throws {@link NotAdmittedError} */
  #roleFrom(claims: Claims): Role | undefined {
    const { roles } = this.#deps.policy;
    if (roles === undefined) return undefined;
    const role = roleOf(claimAt(claims, roles.claim), roles.map) ?? roles.byDefault;
    if (role === undefined)
      throw new NotAdmittedError("You are not among those who may sign in here");
    return role;
  }

  async #withRole(account: Account, role: Role = account.role): Promise<Account> {
    if (role === account.role) return account;
    try {
      await this.#deps.administration.change(account.id, { role });
      return { ...account, role };
    } catch (error) {
      if (error instanceof LastAdminError) return account;
      throw error;
    }
  }

  async #firstSignIn(claims: Claims, role: Role | undefined): Promise<OidcSignIn> {
    const account = await this.#createAccount(claims, role ?? "member");
    const signedInAt = account.sessionsValidFrom;
    return { account, signedInAt, methods: ["oidc"], roleBefore: undefined, isComplete: true };
  }

  /**
   * The link comes first, and has the id of the account to be: so of two first sign-ins at once both make the same account, and a crash leaves
   * none that nobody can sign in to.
   */
  async #createAccount(claims: Claims, role: Role): Promise<Account> {
    const { identities, accounts, policy, now } = this.#deps;
    if (policy.registration !== "open") {
      throw new NotAdmittedError(
        "No account of this server is linked with you at the OpenID provider",
      );
    }
    const person = personOf(claims);
    await identities.insert(person, newId(), now());
    const id = (await identities.find(person))?.accountId;
    if (id === undefined) throw new NotAdmittedError("The account was deleted meanwhile");
    const claim = claimAt(claims, policy.usernameClaim);
    for (const username of usernamesFrom(claim, newId())) {
      if (role !== "admin" && isKeptName(username, policy.adminUsername)) continue;
      const inserted = await accounts.insert({
        id,
        username,
        passwordHash: null,
        role,
        createdAt: now(),
        rootFolderId: newId(),
        limitBytes: policy.defaultQuotaBytes,
      });
      const account = inserted ?? (await accounts.findById(id));
      if (account !== undefined) return account;
    }
    throw new NotAdmittedError("No username is free for you; ask an admin for an account");
  }

  #provider(): OidcProvider {
    const { provider } = this.#deps;
    if (provider === undefined) throw new NotFoundError("single sign-on");
    return provider;
  }
}

const personOf = ({ iss: issuer, sub: subject }: Claims): OidcSubject => ({ issuer, subject });

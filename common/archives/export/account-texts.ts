import type { Account } from "../../accounts/account.js";
import type { CredentialDoc, CredentialKind } from "../../credentials/credential.js";
import type { CredentialsRepository } from "../../credentials/repository.js";
import type { FactorsRepository } from "../../factors/repository.js";
import type { OidcIdentitiesRepository } from "../../oidc/repository.js";
import type { Id } from "../../platform/ids.js";

/** No account has more of one kind. */
const MOST_CREDENTIALS = 200;

interface Deps {
  readonly factors: Pick<FactorsRepository, "find">;
  readonly identities: Pick<OidcIdentitiesRepository, "findByAccount">;
  readonly credentials: Pick<CredentialsRepository, "list">;
}

/** Tells of an account in words that its owner may read: none of them is a secret, or the hash of one. */
export class AccountTexts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The profile, what the account may store and stores, and how its owner signs in. */
  async profile(account: Account, exportedAt: Date) {
    const { id, username, role, email, isEmailVerified, pendingEmail, createdAt, usage } = account;
    const { bytes, reservedBytes, files, limitBytes } = usage;
    return {
      id,
      username,
      role,
      email,
      isEmailVerified,
      pendingEmail,
      createdAt,
      usage: { bytes, reservedBytes, files },
      limits: { bytes: limitBytes },
      factors: await this.#factors(id),
      singleSignOn: await this.#singleSignOn(id),
      exportedAt,
    };
  }

  async #factors(accountId: Id) {
    const { totp, passkeys, recoveryCodes } = await this.#deps.factors.find(accountId);
    return {
      totp: totp && { createdAt: totp.createdAt, lastUsedAt: totp.lastUsedAt },
      passkeys: passkeys.map(({ id, name, isBackedUp, createdAt, lastUsedAt }) => ({
        id,
        name,
        isBackedUp,
        createdAt,
        lastUsedAt,
      })),
      recoveryCodesLeft: recoveryCodes.length,
    };
  }

  async #singleSignOn(accountId: Id) {
    const identity = await this.#deps.identities.findByAccount(accountId);
    return identity && { issuer: identity.issuer, linkedAt: identity.linkedAt };
  }

  /** What the account is signed in with at an instant, and all its API keys. */
  async credentials({ id: accountId, sessionsValidFrom }: Account, at: Date) {
    const list = async (kind: CredentialKind) => {
      const isKey = kind === "api-key";
      const { items } = await this.#deps.credentials.list({
        accountId,
        kind,
        limit: MOST_CREDENTIALS,
        // A key that has expired is in its owner's list.
        ...(!isKey && { begunFrom: sessionsValidFrom, validAfter: at }),
      });
      return items.map(shownCredential);
    };
    return {
      sessions: await list("session"),
      tokens: await list("token"),
      apiKeys: await list("api-key"),
    };
  }
}

/** An allow-list: neither the hash of the secret nor what the kind keeps beside it. */
function shownCredential(credential: CredentialDoc) {
  const { _id: id, name, scopes, rootFolderId, addressRanges, methods } = credential;
  const { createdAt, lastUsedAt, client } = credential;
  const expiresAt = expiryOf(credential);
  const terms = { name, scopes, rootFolderId, addressRanges, methods };
  return { id, ...terms, createdAt, expiresAt, lastUsedAt, client };
}

/** The record of an API key outlives the key. */
function expiryOf({ kind, expiresAt, details }: CredentialDoc): unknown {
  return kind === "api-key" ? (details?.["expiresAt"] ?? null) : expiresAt;
}

import { InvalidTokenError } from "../accounts/errors.js";
import type { Account } from "../accounts/account.js";
import type { ProofMethod, Scope } from "../accounts/role.js";
import type { Accounts } from "../accounts/service.js";
import { type Id, newId } from "../platform/ids.js";
import type { AccessTokens } from "./access-tokens.js";
import type { ClientTrace, CredentialDoc } from "./credential.js";
import { RefreshTokenReusedError } from "./errors.js";
import { endOf } from "./end-of.js";
import type { ParentSessions } from "./parent-sessions.js";
import {
  formatRefreshToken,
  parseRefreshToken,
  type RefreshToken,
  type RefreshTokens,
} from "./refresh-tokens.js";
import type { CredentialsRepository } from "./repository.js";
import { idOfSecret, isSecretOf, secretHash } from "./secret.js";
import { type Family, isFamily, isRecent } from "./token-family.js";

/** More nobody has in use. The one that was unused for longest ends when another begins. */
export const MOST_TOKEN_FAMILIES = 100;

/** So many uses are remembered within that time. */
const MOST_RECENT_USES = 16;

/** A use is written when the one that was written last is so old. */
const USE_INTERVAL_MS = 60_000;

/** What a new family is made of. */
export interface NewFamily {
  readonly accountId: Id;
  readonly signedInAt: Date;
  readonly methods: readonly ProofMethod[];
  /** The session that asks, where no password does: the family ends with it. */
  readonly sessionId?: Id | undefined;
  /** What its owner calls it; `null` where it has no name. */
  readonly name: string | null;
  /** What it may be used for; `null`: all that the account may do. */
  readonly scopes: readonly Scope[] | null;
  readonly client: ClientTrace;
}

/** What a client gets. */
export interface TokenPair {
  readonly accountId: Id;
  readonly familyId: Id;
  readonly accessToken: string;
  /** How long the access token is valid, in milliseconds. */
  readonly lifetimeMs: number;
  readonly refreshToken: string;
  readonly scopes: readonly Scope[] | null;
}

/** Whose an access token is. */
export interface TokenOwner {
  readonly account: Account;
  readonly family: CredentialDoc;
  /** Whether the latest use that was written is more than a minute ago. */
  readonly isUseDue: boolean;
}

interface Deps {
  readonly credentials: Pick<
    CredentialsRepository,
    "insertAmong" | "find" | "noteUse" | "remove" | "replaceSecret"
  >;
  readonly accounts: Pick<Accounts, "findSignedIn">;
  readonly parents: Pick<ParentSessions, "endOf">;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  /** How long a family lasts that is not refreshed. */
  readonly maxAgeMs: number;
  /** How long any family lasts. */
  readonly lifetimeMs: number;
  readonly now: () => Date;
}

/**
 * Families of tokens: a refresh token that changes at each use, and the access tokens that it was exchanged for. A family that has ended is over
 * for all of them from the next request on. All times are the database's.
 */
export class Tokens {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The database's time. */
  get now(): Date {
    return this.#deps.now();
  }

  /** Begins a family for somebody who has signed in. */
  async issue({ signedInAt, sessionId, ...rest }: NewFamily): Promise<TokenPair> {
    const { credentials, refreshTokens } = this.#deps;
    const id = newId();
    const token = refreshTokens.first(id);
    const family: Family = {
      _id: id,
      kind: "token",
      secretHash: secretHash(token.secret),
      rootFolderId: null,
      addressRanges: null,
      ...rest,
      ...(sessionId !== undefined && { sessionId }),
      createdAt: signedInAt,
      expiresAt: this.#nextEnd(signedInAt),
      lastUsedAt: this.now,
      details: { uses: [] },
    };
    if (!(await credentials.insertAmong(MOST_TOKEN_FAMILIES, family))) {
      throw new Error("A new family's id is taken");
    }
    return this.#pair(family, token, this.now);
  }

  /**
   * Exchanges a refresh token for a new one and an access token.
   *
   * @throws {@link RefreshTokenReusedError} when the token was exchanged before, unless that was within the last 10 seconds: then the answer is the same.
   * @throws {@link InvalidTokenError}
   */
  async refresh(text: string, client: ClientTrace): Promise<TokenPair> {
    const token = parseRefreshToken(text);
    if (token === undefined) throw new InvalidTokenError("The refresh token is malformed");
    for (;;) {
      const family = await this.#findFamily(token.familyId);
      if (family === undefined) throw unknown("refresh");
      await this.#ownerOf(family, "refresh");
      const pair = isSecretOf(token.secret, family.secretHash)
        ? await this.#rotate(family, token, client)
        : await this.#repeat(family, token);
      if (pair !== undefined) return pair;
      // Another request has exchanged the token meanwhile.
    }
  }

  /**
   * Whose an access token is.
   *
   * @throws {@link InvalidTokenError} also when its family has ended since.
   */
  async authenticate(accessToken: string): Promise<TokenOwner> {
    const family = await this.#findFamily(await this.#deps.accessTokens.verify(accessToken));
    if (family === undefined) throw unknown("access");
    const account = await this.#ownerOf(family, "access");
    const { lastUsedAt } = family;
    const sinceMs = this.now.getTime() - (lastUsedAt?.getTime() ?? 0);
    return { account, family, isUseDue: sinceMs > USE_INTERVAL_MS };
  }

  /** Writes from where an access token was used. */
  async noteUse(family: Pick<CredentialDoc, "_id" | "accountId">, client: ClientTrace) {
    await this.#deps.credentials.noteUse(family, { lastUsedAt: this.now, client });
  }

  async #findFamily(id: Id): Promise<Family | undefined> {
    const doc = await this.#deps.credentials.find(id);
    return doc !== undefined && isFamily(doc) ? doc : undefined;
  }

  async #ownerOf(family: Family, kind: "access" | "refresh"): Promise<Account> {
    const { accounts, parents, lifetimeMs } = this.#deps;
    const { accountId, createdAt: signedInAt } = family;
    if (endOf(family, lifetimeMs) <= this.now) {
      throw new InvalidTokenError(`The ${kind} token has expired`);
    }
    const [account, sessionEnd] = await Promise.all([
      accounts.findSignedIn({ accountId, signedInAt }),
      parents.endOf(family),
    ]);
    if (sessionEnd !== undefined && sessionEnd <= this.now) {
      throw new InvalidTokenError(`The session that the ${kind} token was made from has ended`);
    }
    if (account === undefined) throw unknown(kind);
    return account;
  }

  /** @returns `undefined` when another request was faster. */
  async #rotate(family: Family, token: RefreshToken, client: ClientTrace) {
    const { credentials, refreshTokens } = this.#deps;
    const at = this.now;
    const next = refreshTokens.next(token);
    const recent = family.details.uses.filter((use) => isRecent(use, at));
    const uses = [...recent, { hash: family.secretHash, at }].slice(-MOST_RECENT_USES);
    const isDone = await credentials.replaceSecret(family, {
      secretHash: secretHash(next.secret),
      lastUsedAt: at,
      expiresAt: this.#nextEnd(family.createdAt),
      client,
      details: { uses },
    });
    return isDone ? this.#pair(family, next, at) : undefined;
  }

  /** The answer that a used token got before. Where it may not get it any more, the family ends: one of the two who have the token is a thief. */
  async #repeat(family: Family, token: RefreshToken): Promise<TokenPair> {
    const { credentials, refreshTokens } = this.#deps;
    const { uses } = family.details;
    const index = uses.findIndex(({ hash }) => isSecretOf(token.secret, hash));
    const use = uses[index];
    if (use !== undefined && isRecent(use, this.now)) {
      const next = refreshTokens.successor(token, uses[index + 1]?.hash ?? family.secretHash);
      if (next !== undefined) return this.#pair(family, next, use.at);
    }
    if (use === undefined && !refreshTokens.isGenuine(token)) throw unknown("refresh");
    await credentials.remove(family, "token");
    throw new RefreshTokenReusedError(family);
  }

  async #pair(family: Family, token: RefreshToken, issuedAt: Date): Promise<TokenPair> {
    const { accessTokens } = this.#deps;
    const { _id: familyId, accountId, scopes } = family;
    const id = idOfSecret(token.secret);
    return {
      accountId,
      familyId,
      accessToken: await accessTokens.sign({ accountId, familyId, id, scopes, issuedAt }),
      lifetimeMs: accessTokens.lifetimeMs,
      refreshToken: formatRefreshToken(token),
      scopes,
    };
  }

  #nextEnd(createdAt: Date): Date {
    const { maxAgeMs, lifetimeMs } = this.#deps;
    const expiresAt = new Date(this.now.getTime() + maxAgeMs);
    return endOf({ createdAt, expiresAt }, lifetimeMs);
  }
}

const unknown = (kind: "access" | "refresh") =>
  new InvalidTokenError(`The ${kind} token was revoked, or is unknown`);

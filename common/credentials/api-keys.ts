import { InvalidTokenError } from "../accounts/errors.js";
import { type Scope, SCOPES } from "../accounts/role.js";
import { InvalidRequestError, NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import { isInRanges } from "./address-ranges.js";
import { type ApiKeyTerms, isWider } from "./api-key-terms.js";
import { apiKeyText, readApiKeyText } from "./api-key-text.js";
import type { ClientTrace, CredentialDoc } from "./credential.js";
import { TooManyApiKeysError } from "./errors.js";
import type { CredentialQuery, CredentialsRepository } from "./repository.js";
import { isSecretOf, newSecret, secretHash } from "./secret.js";

/** The most keys that an account has. */
export const MAX_API_KEYS = 100;

/** A use is written when the one that was written last is so old. */
const USE_INTERVAL_MS = 60_000;

/** An expired key stays in its owner's list for so long. */
const KEPT_MS = 30 * 86_400_000;

/** An API key as its owner sees it. */
export interface ApiKey extends ApiKeyTerms {
  readonly id: Id;
  readonly accountId: Id;
  readonly rootFolderId: Id | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** From where it was used then. */
  readonly client: ClientTrace | null;
}

/** Who makes or changes a key. */
export interface KeyOwner {
  readonly accountId: Id;
  /** What the owner may do at this moment. No key that it makes may do more. */
  readonly scopes: ReadonlySet<Scope>;
}

interface Deps {
  readonly credentials: CredentialsRepository;
  readonly now: () => Date;
}

/** What only API keys have. The record itself expires later: a key that has expired is still in the list. */
interface Details {
  readonly expiresAt: Date | null;
}

/**
 * API keys: for programs, shown once, stored as a hash.
 *
 * @throws UnavailableError from every method when MongoDB does not answer.
 */
export class ApiKeys {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes a key.
   *
   * @param terms - `rootFolderId`: a folder that access has given to the owner; `null` for none.
   * @returns The key, and its text, which is nowhere else.
   * @throws InvalidRequestError when a scope is not the owner's, or the expiry has passed.
   * @throws {@link TooManyApiKeysError}
   */
  async create(
    owner: KeyOwner,
    { rootFolderId, ...terms }: ApiKeyTerms & Pick<ApiKey, "rootFolderId">,
  ): Promise<{ readonly apiKey: ApiKey; readonly text: string }> {
    const { credentials, now } = this.#deps;
    const { accountId } = owner;
    const createdAt = now();
    refuseMore(owner, terms, createdAt);
    const [id, secret] = [newId(), newSecret()];
    const doc: CredentialDoc = {
      _id: id,
      accountId,
      kind: "api-key",
      secretHash: secretHash(secret),
      rootFolderId,
      methods: [],
      createdAt,
      lastUsedAt: null,
      client: null,
      name: terms.name,
      scopes: inOrder(terms.scopes),
      addressRanges: terms.addressRanges,
      ...storedExpiry(terms.expiresAt),
    };
    if (!(await credentials.insert(doc))) throw new Error("A new API key's id is taken");
    // Counted afterwards, so that of several at once none goes beyond the limit.
    if ((await credentials.count(accountId, "api-key", MAX_API_KEYS + 1)) > MAX_API_KEYS) {
      await credentials.remove(doc, "api-key");
      throw new TooManyApiKeysError(MAX_API_KEYS);
    }
    return { apiKey: toApiKey(doc), text: apiKeyText({ id, secret }) };
  }

  /** A page of an account's keys, the latest first. @throws InvalidCursorError */
  async list(accountId: Id, { limit, cursor }: Pick<CredentialQuery, "limit" | "cursor">) {
    const { credentials } = this.#deps;
    const page = await credentials.list({ accountId, kind: "api-key", limit, cursor });
    return { ...page, items: page.items.map(toApiKey) };
  }

  /**
   * Changes some terms of a key, from the next request on.
   *
   * @param confirmWider - Called once before a change that gives the key more than it has. If it throws, nothing changes.
   * @returns The key before and after.
   * @throws NotFoundError
   * @throws InvalidRequestError as {@link create} does, about what changes.
   */
  async change(
    { id, ...owner }: KeyOwner & Pick<ApiKey, "id">,
    changes: Partial<ApiKeyTerms>,
    confirmWider: () => Promise<void>,
  ) {
    const { credentials, now } = this.#deps;
    refuseMore(owner, changes, now());
    if (Object.keys(changes).length === 0) {
      const detail = "The body names nothing to change";
      throw new InvalidRequestError([{ in: "body", pointer: "", detail }]);
    }
    for (let isConfirmed = false; ;) {
      const doc = await credentials.findOwn({ accountId: owner.accountId, _id: id }, "api-key");
      if (doc === null) throw new NotFoundError("API key");
      const before = toApiKey(doc);
      if (!isConfirmed && isWider(before, changes)) {
        await confirmWider();
        isConfirmed = true;
      }
      if (await credentials.change(doc, storedTerms(changes))) {
        const after: ApiKey = { ...before, ...changes };
        return { before, after: { ...after, scopes: inOrder(after.scopes) } };
      }
      // Another request has changed the key meanwhile: what was narrower may be wider now.
    }
  }

  /** Ends a key on every web process. @throws NotFoundError */
  async revoke(accountId: Id, id: Id): Promise<void> {
    const isRemoved = await this.#deps.credentials.remove({ accountId, _id: id }, "api-key");
    if (!isRemoved) throw new NotFoundError("API key");
  }

  /**
   * The key that a text is, when it may be used from an address. Only a caller with the whole key learns more than that it is unknown.
   *
   * @throws InvalidTokenError
   */
  async verify(text: string, address: string): Promise<ApiKey & { readonly isUseDue: boolean }> {
    const { credentials, now } = this.#deps;
    const { id, secret } = readApiKeyText(text);
    const doc = await credentials.find(id);
    if (doc?.kind !== "api-key" || !isSecretOf(secret, doc.secretHash)) {
      throw new InvalidTokenError("The API key is unknown, or was revoked");
    }
    const apiKey = toApiKey(doc);
    const { expiresAt, addressRanges, lastUsedAt } = apiKey;
    const at = now();
    if (expiresAt !== null && expiresAt <= at) {
      throw new InvalidTokenError("The API key has expired");
    }
    if (addressRanges !== null && !isInRanges(address, addressRanges)) {
      throw new InvalidTokenError("The API key may not be used from this address");
    }
    const usedAgoMs = at.getTime() - (lastUsedAt?.getTime() ?? 0);
    return { ...apiKey, isUseDue: usedAgoMs > USE_INTERVAL_MS };
  }

  /** Writes from where a key is used. */
  async noteUse({ id: _id, accountId }: ApiKey, client: ClientTrace): Promise<void> {
    const { credentials, now } = this.#deps;
    await credentials.noteUse({ _id, accountId }, { lastUsedAt: now(), client });
  }
}

function refuseMore({ scopes: allowed }: KeyOwner, terms: Partial<ApiKeyTerms>, now: Date): void {
  const { scopes = [], expiresAt = null } = terms;
  const faults = scopes
    .filter((scope) => !allowed.has(scope))
    .map((scope) => ({
      pointer: "/scopes",
      detail: `scopes has ${scope}, which you may not give`,
    }));
  if (expiresAt !== null && expiresAt <= now) {
    faults.push({ pointer: "/expiresAt", detail: "expiresAt must be in the future" });
  }
  if (faults.length > 0) {
    throw new InvalidRequestError(faults.map((fault) => ({ in: "body", ...fault })));
  }
}

function storedTerms({ name, scopes, expiresAt, addressRanges }: Partial<ApiKeyTerms>) {
  return {
    ...(name !== undefined && { name }),
    ...(scopes !== undefined && { scopes: inOrder(scopes) }),
    ...(addressRanges !== undefined && { addressRanges }),
    ...(expiresAt !== undefined && storedExpiry(expiresAt)),
  };
}

function storedExpiry(expiresAt: Date | null) {
  const details: Details = { expiresAt };
  return {
    expiresAt: expiresAt && new Date(expiresAt.getTime() + KEPT_MS),
    details: { ...details },
  };
}

const inOrder = (scopes: readonly Scope[]) => SCOPES.filter((scope) => scopes.includes(scope));

function toApiKey(doc: CredentialDoc): ApiKey {
  const { _id: id, accountId, name, scopes, rootFolderId, addressRanges } = doc;
  const { createdAt, lastUsedAt, client } = doc;
  const { expiresAt } = doc.details as unknown as Details;
  const terms = { name: name ?? "", scopes: scopes ?? [], expiresAt, addressRanges };
  return { id, accountId, ...terms, rootFolderId, createdAt, lastUsedAt, client };
}

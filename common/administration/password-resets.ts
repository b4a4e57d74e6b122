import type { NewPasswords } from "../accounts/new-passwords.js";
import type { PasswordResetsRepository } from "../accounts/reset-repository.js";
import type { CredentialsRepository } from "../credentials/repository.js";
import {
  isLinkValid,
  LINK_VALID_FOR_MS,
  linkToken,
  noLink,
  readLinkToken,
} from "../credentials/link-token.js";
import { newSecret, secretHash } from "../credentials/secret.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";

/** A link that an admin has made, and one that was sent by mail: both lead to the same page. */
const KINDS = ["passwordReset", "mailedReset"] as const;

interface Deps {
  readonly resets: PasswordResetsRepository;
  readonly newPasswords: Pick<NewPasswords, "hash">;
  readonly credentials: Pick<CredentialsRepository, "removeAll">;
  readonly now: () => Date;
}

/** Links by which somebody who has lost the password sets a new one. */
export class PasswordResets {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes a link for an account. Links that admins have made for it before are not valid any more.
   *
   * @returns the token, which nobody can be shown again, and until when it is valid.
   * @throws {@link NotFoundError}
   */
  async create(accountId: Id): Promise<{ token: string; expiresAt: Date }> {
    const { resets, now } = this.#deps;
    const secret = newSecret();
    const expiresAt = new Date(now().getTime() + LINK_VALID_FOR_MS);
    const reset = { secretHash: secretHash(secret), expiresAt };
    if (!(await resets.start(accountId, reset))) throw new NotFoundError("account");
    return { token: linkToken(accountId, secret), expiresAt };
  }

  /** @throws {@link NotFoundError} when the token is not valid (any more). */
  async check(token: string): Promise<void> {
    await this.#find(token);
  }

  /**
   * Sets the password, once. All that the account has signed in for ends; API keys stay.
   *
   * @param newPassword - Checked by the caller (`passwordFault`).
   * @returns the account.
   * @throws {@link NotFoundError} when the token is not valid (any more).
   * @throws InvalidRequestError when the password is easy to guess. The link stays valid.
   * @throws BusyError when too many passwords are being hashed.
   */
  async complete(token: string, newPassword: string, signal?: AbortSignal): Promise<Id> {
    const { resets, newPasswords, credentials, now } = this.#deps;
    const { username } = await this.#find(token);
    const use = { username, field: "newPassword", signal } as const;
    const passwordHash = await newPasswords.hash(newPassword, use);
    for (;;) {
      const { id, kind, secretHash, from } = await this.#find(token);
      const to = new Date(Math.max(now().getTime(), from.getTime()) + 1);
      const change = { id, kind, secretHash, now: now(), from, to, passwordHash };
      if (!(await resets.complete(change))) continue;
      // They are invalid already: this only takes them off the lists.
      await credentials.removeAll(id, { kinds: ["session", "token"], before: to });
      return id;
    }
  }

  async #find(token: string) {
    const { resets, now } = this.#deps;
    const { id, secret } = readLinkToken(token);
    const found = await resets.find(id);
    const kind = KINDS.find((each) => isLinkValid(found?.[each], secret, now()));
    const link = kind === undefined ? undefined : found?.[kind];
    if (found === null || kind === undefined || link === undefined) throw noLink();
    const { username, sessionsValidFrom: from } = found;
    return { id, kind, secretHash: link.secretHash, from, username };
  }
}

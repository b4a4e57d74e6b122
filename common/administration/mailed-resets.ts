import type { PasswordResetsRepository } from "../accounts/reset-repository.js";
import { LINK_VALID_FOR_MS, linkToken } from "../credentials/link-token.js";
import { secretHash } from "../credentials/secret.js";
import { addressKey } from "../mail/address.js";
import { MailOffError } from "../mail/errors.js";
import type { MailLinks } from "../mail/links.js";
import type { Outbox } from "../mail/outbox.js";
import type { Id } from "../platform/ids.js";

/** An account gets no more than one such mail in this time. */
const PAUSE_MS = 5 * 60_000;

/** Whom a link for a new password is sent to. */
export interface MailedLink {
  readonly token: string;
  readonly accountId: Id;
  readonly username: string;
  /** The address that the account has verified. */
  readonly to: string;
}

interface Deps {
  readonly resets: Pick<PasswordResetsRepository, "startByMail">;
  readonly outbox: Pick<Outbox, "isOn" | "send">;
  readonly links: MailLinks;
  readonly now: () => Date;
}

/** Links for a new password by mail, for somebody who has lost the password. */
export class MailedResets {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Writes the wish down. Whether an account has the address is looked up by the worker, so nobody learns it from the answer or its time.
   *
   * @throws {@link MailOffError}
   */
  async request(address: string): Promise<void> {
    const { outbox } = this.#deps;
    if (!outbox.isOn) throw new MailOffError();
    await outbox.send({ kind: "link.password", accountId: null, to: address, username: null });
  }

  /**
   * Makes the link of a mail. May be repeated for the same mail.
   *
   * @returns `undefined` where no account has verified the address, it is disabled or has no password, or has got such a mail lately.
   */
  async create(address: string, mailId: Id): Promise<MailedLink | undefined> {
    const { resets, links } = this.#deps;
    const now = this.#deps.now();
    const secret = links.newest(mailId);
    const expiresAt = new Date(now.getTime() + LINK_VALID_FOR_MS);
    const reset = { secretHash: secretHash(secret), expiresAt, mailId };
    const notAfter = new Date(now.getTime() - PAUSE_MS);
    const owner = await resets.startByMail(addressKey(address), reset, { now, notAfter });
    if (owner === null) return undefined;
    const { _id: accountId, username, email: to } = owner;
    return { token: linkToken(accountId, secret), accountId, username, to };
  }
}

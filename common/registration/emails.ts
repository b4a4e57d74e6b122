import type { EmailFields, EmailOwner, EmailsRepository } from "../accounts/email-repository.js";
import { UnauthenticatedError } from "../accounts/errors.js";
import {
  isLinkValid,
  LINK_VALID_FOR_MS,
  linkToken,
  noLink,
  readLinkToken,
} from "../credentials/link-token.js";
import { isSecretOf, secretHash } from "../credentials/secret.js";
import type { MailLinks } from "../mail/links.js";
import type { Outbox } from "../mail/outbox.js";
import { type Id, newId } from "../platform/ids.js";
import { EmailTakenError, TooManyMailsError } from "./errors.js";

/** An account gets no more than one link to confirm an address in this time: it may be the address of a stranger. */
const PAUSE_MS = 60_000;

/** An address before and after a change; `null` for none. */
export interface EmailChange {
  readonly from: string | null;
  readonly to: string | null;
}

interface Deps {
  readonly emails: EmailsRepository;
  readonly outbox: Pick<Outbox, "isOn" | "send" | "hold" | "release">;
  readonly links: MailLinks;
  readonly now: () => Date;
}

/** The e-mail addresses of accounts. */
export class Emails {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Sets the address of an account that is known to be the asker's, or removes it (`null`). Where mails are sent, the address counts when it is
   * confirmed by the link in a mail to it. Until then a verified address stays, and is told. Whether another account has the address is not told here.
   *
   * @param address - In the form that `parseAddress` gives.
   * @throws {@link UnauthenticatedError} when the sessions were ended meanwhile, as each change of the password or the username does.
   * @throws {@link TooManyMailsError} when such a mail was sent within the last minute.
   */
  async change(owner: EmailOwner, address: string | null): Promise<EmailChange> {
    const { emails, outbox } = this.#deps;
    const isLinked = outbox.isOn && address !== null;
    if (isLinked) return this.#begin(owner, address);
    const before = await emails.set(owner, address);
    if (before === null) throw new UnauthenticatedError("The session has ended meanwhile");
    if (before.email !== address) await this.#tell(before, "email.change");
    return { from: before.email ?? null, to: address };
  }

  /** The address that a link confirms. @throws NotFoundError when the link is not valid (any more). */
  async check(token: string): Promise<string> {
    return (await this.#find(token)).pending.address;
  }

  /**
   * Makes the address that a link was sent to the account's, once.
   *
   * @throws NotFoundError when the link is not valid (any more).
   * @throws {@link EmailTakenError} when another account has verified the address. The link is used up.
   */
  async confirm(token: string): Promise<EmailChange & { readonly id: Id }> {
    const { emails, now } = this.#deps;
    const { id, pending } = await this.#find(token);
    const before = await emails.confirm(id, pending, now());
    if (before === "gone") throw noLink();
    if (before === "taken") throw new EmailTakenError();
    if (before.email !== pending.address) await this.#tell(before, "email.change");
    return { id, from: before.email ?? null, to: pending.address };
  }

  /**
   * The token of the link of a mail.
   *
   * @returns `undefined` when the address was confirmed, replaced or removed.
   */
  async tokenOf(accountId: Id, mailId: Id): Promise<string | undefined> {
    const { emails, links } = this.#deps;
    const pending = (await emails.find(accountId))?.pendingEmail;
    if (pending?.mailId !== mailId) return undefined;
    const secret = links.all(mailId).find((each) => isSecretOf(each, pending.secretHash));
    return secret === undefined ? undefined : linkToken(accountId, secret);
  }

  async #begin(owner: EmailOwner, address: string): Promise<EmailChange> {
    const { emails, outbox, links } = this.#deps;
    const account = await emails.find(owner.id);
    if (account === null) throw new UnauthenticatedError("The account is gone");
    const { email: from = null, emailKey, username } = account;
    if (from === address && emailKey !== undefined) {
      if ((await emails.forgetPending(owner)) === null) throw new UnauthenticatedError();
      return { from, to: address };
    }
    const mailId = newId();
    const hash = secretHash(links.newest(mailId));
    // The mail is written first: after a crash between the two, the worker finds that nobody wants it.
    await outbox.hold(mailId, { kind: "link.email", accountId: owner.id, to: address, username });
    const before = await this.#setPending(owner, { address, secretHash: hash, mailId });
    await outbox.release(mailId);
    await this.#tell(before, "email.request");
    return { from, to: address };
  }

  async #setPending(
    owner: EmailOwner,
    link: { readonly address: string; readonly secretHash: string; readonly mailId: Id },
  ): Promise<EmailFields> {
    const { emails } = this.#deps;
    const now = this.#deps.now();
    const pending = { ...link, expiresAt: new Date(now.getTime() + LINK_VALID_FOR_MS) };
    const notAfter = new Date(now.getTime() - PAUSE_MS);
    const before = await emails.setPending(owner, pending, { now, notAfter });
    if (before !== null) return before;
    // Either it was too soon, or the sessions were ended.
    if (!(await emails.isSignedIn(owner))) {
      throw new UnauthenticatedError("The session has ended meanwhile");
    }
    throw new TooManyMailsError(PAUSE_MS / 1000);
  }

  /** Tells the address that was verified before. */
  async #tell(
    { _id: accountId, username, email, emailKey }: EmailFields,
    kind: "email.change" | "email.request",
  ): Promise<void> {
    if (email === undefined || emailKey === undefined) return;
    await this.#deps.outbox.send({ kind, accountId, to: email, username });
  }

  async #find(token: string) {
    const { emails, now } = this.#deps;
    const { id, secret } = readLinkToken(token);
    const pending = (await emails.find(id))?.pendingEmail;
    if (pending === undefined || !isLinkValid(pending, secret, now())) throw noLink();
    return { id, pending };
  }
}

import type { NewMail } from "../mail/mail.js";
import type { Outbox } from "../mail/outbox.js";
import type { Id } from "../platform/ids.js";
import type { AccountsAdminRepository } from "./admin-repository.js";
import type { EmailsRepository } from "./email-repository.js";

/** More admins are not told. */
const MOST_ADMINS = 100;

interface Deps {
  readonly emails: Pick<EmailsRepository, "find">;
  readonly outbox: Pick<Outbox, "isOn" | "send">;
  readonly admins: Pick<AccountsAdminRepository, "listActiveAdmins">;
}

/** What a mail tells of. */
type Told = Omit<NewMail, "accountId" | "to" | "username">;

/** Sends mails to accounts, at the addresses that they have confirmed. */
export class AccountMails {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether there is a mail server. */
  get isOn(): boolean {
    return this.#deps.outbox.isOn;
  }

  /** Does nothing without a mail server, and for an account that has no confirmed address. */
  async send(accountId: Id, told: Told): Promise<void> {
    const { emails, outbox } = this.#deps;
    if (!this.isOn) return;
    const account = await emails.find(accountId);
    if (account?.email === undefined || account.emailKey === undefined) return;
    const { email: to, username } = account;
    await outbox.send({ ...told, accountId, to, username });
  }

  /** {@link send} to all active admins. */
  async sendToAdmins(told: Told): Promise<void> {
    if (!this.isOn) return;
    for (const id of await this.#deps.admins.listActiveAdmins(MOST_ADMINS)) {
      await this.send(id, told);
    }
  }
}

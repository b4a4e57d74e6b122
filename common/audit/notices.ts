import type { AccountMails } from "../accounts/account-mails.js";
import type { Notice } from "../mail/mail.js";
import type { Logger } from "../platform/log.js";
import type { AuditAction, AuditEvent } from "./event.js";

/** What the owner of an account is told of. A change of the address is told by `Emails`, which knows the old one. */
const NOTICE_OF: Readonly<Partial<Record<AuditAction, Notice>>> = {
  "account.delete": "account.delete",
  "api-key.create": "api-key.create",
  "passkey.create": "second-factor.add",
  "passkey.delete": "second-factor.remove",
  "password.change": "password.change",
  "password.reset": "password.reset",
  "second-factor.delete": "second-factor.remove",
  "totp.create": "second-factor.add",
  "totp.delete": "second-factor.remove",
  "username.change": "username.change",
};

interface Deps {
  readonly accountMails: Pick<AccountMails, "send">;
  readonly log: Logger;
}

/** Tells people by mail what was done to their accounts, at the address that they have verified. */
export class Notices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does not throw: what it tells of has happened. While MongoDB is away, nobody is told; the audit log has it. */
  async tell({ action, accountId, outcome }: Omit<AuditEvent, "at">): Promise<void> {
    const { accountMails, log } = this.#deps;
    const kind = NOTICE_OF[action];
    if (kind === undefined || accountId === null || outcome === "failure") return;
    try {
      await accountMails.send(accountId, { kind });
    } catch (error) {
      log.error({ err: error, kind }, "A notice is not sent");
    }
  }
}

import type { AccountsAdminRepository } from "../accounts/admin-repository.js";
import type { EmailsRepository } from "../accounts/email-repository.js";
import type { AuditLog } from "../audit/log.js";
import type { MailKind } from "../mail/mail.js";
import type { Outbox } from "../mail/outbox.js";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import type { QuarantineMark } from "../storage/bucket.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";

/** More admins are not told. */
const MOST_ADMINS = 100;

interface Deps {
  readonly audit: Pick<AuditLog, "record">;
  readonly admins: Pick<AccountsAdminRepository, "listActiveAdmins">;
  readonly emails: Pick<EmailsRepository, "find">;
  readonly versions: Pick<VersionsRepository, "find">;
  readonly outbox: Pick<Outbox, "isOn" | "send">;
  readonly log: Logger;
}

/** Tells of content that was put into quarantine: the audit log, and where mails are sent, its owner and the admins. */
export class QuarantineNotices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does not throw: the content is in quarantine, whoever knows of it. A mail is sent once for all versions of an owner that share the content. */
  async tell(version: VersionDoc, mark: QuarantineMark): Promise<void> {
    const { audit, outbox, log } = this.#deps;
    const { ownerId, _id: versionId } = version;
    await audit.record({
      action: "quarantine.add",
      accountId: ownerId,
      actor: null,
      target: { kind: "version", id: versionId },
      outcome: "success",
      reason: null,
      client: null,
      requestId: null,
      changes: { reason: [null, mark.reason] },
    });
    if (!outbox.isOn) return;
    try {
      await this.#send(version, mark);
    } catch (error) {
      log.error({ err: error, versionId }, "A notice of the quarantine is not sent");
    }
  }

  async #send({ ownerId, _id: versionId }: VersionDoc, mark: QuarantineMark): Promise<void> {
    const { admins, versions } = this.#deps;
    const isFirst = mark.versionId === versionId;
    const isToldAlready = !isFirst && (await versions.find(ownerId, mark.versionId)) !== null;
    if (!isToldAlready) await this.#mail("file.quarantine", ownerId, versionId);
    if (!isFirst) return;
    for (const adminId of await admins.listActiveAdmins(MOST_ADMINS)) {
      await this.#mail("quarantine.add", adminId, versionId);
    }
  }

  async #mail(kind: MailKind, accountId: Id, versionId: Id): Promise<void> {
    const { emails, outbox } = this.#deps;
    const account = await emails.find(accountId);
    if (account?.email === undefined || account.emailKey === undefined) return;
    const { email: to, username } = account;
    await outbox.send({ kind, accountId, to, username, versionId });
  }
}

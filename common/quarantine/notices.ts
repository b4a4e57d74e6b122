import type { AccountMails } from "../accounts/account-mails.js";
import type { AuditLog } from "../audit/log.js";
import type { Logger } from "../platform/log.js";
import type { QuarantineMark } from "../storage/bucket.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { VersionDoc } from "../versions/version.js";

interface Deps {
  readonly audit: Pick<AuditLog, "record">;
  readonly accountMails: Pick<AccountMails, "isOn" | "send" | "sendToAdmins">;
  readonly versions: Pick<VersionsRepository, "find">;
  readonly log: Logger;
}

/** Tells of content that was put into quarantine: the audit log, and where mails are sent, its owner and the admins. */
export class QuarantineNotices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** If a mail cannot be written, this is logged, and the content stays in quarantine. A mail is sent once for all versions of an owner that share the content. */
  async tell(version: VersionDoc, mark: QuarantineMark): Promise<void> {
    const { audit, accountMails, log } = this.#deps;
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
    if (!accountMails.isOn) return;
    try {
      await this.#send(version, mark);
    } catch (error) {
      log.error({ err: error, versionId }, "A notice of the quarantine is not sent");
    }
  }

  async #send({ ownerId, _id: versionId }: VersionDoc, mark: QuarantineMark): Promise<void> {
    const { accountMails, versions } = this.#deps;
    const isFirst = mark.versionId === versionId;
    const isToldAlready = !isFirst && (await versions.find(ownerId, mark.versionId)) !== null;
    if (!isToldAlready) await accountMails.send(ownerId, { kind: "file.quarantine", versionId });
    if (isFirst) await accountMails.sendToAdmins({ kind: "quarantine.add", versionId });
  }
}

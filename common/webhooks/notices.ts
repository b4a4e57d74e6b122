import type { AccountsAdminRepository } from "../accounts/admin-repository.js";
import type { EmailsRepository } from "../accounts/email-repository.js";
import type { AuditLog } from "../audit/log.js";
import type { Outbox } from "../mail/outbox.js";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookDoc } from "./webhook.js";

/** More admins are not told. */
const MOST_ADMINS = 100;

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "endNotice">;
  readonly audit: Pick<AuditLog, "record">;
  readonly admins: Pick<AccountsAdminRepository, "listActiveAdmins">;
  readonly emails: Pick<EmailsRepository, "find">;
  readonly outbox: Pick<Outbox, "isOn" | "send">;
  readonly log: Logger;
}

/**
 * Tells that Stowage has switched a webhook off: the audit log, and where mails are sent, its owner, or the admins for one of the installation. The webhook has a mark
 * until all are told, so the sweep repeats what a crash interrupts.
 */
export class WebhookNotices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does not throw: the webhook is off, whoever knows of it. */
  async tell(webhook: WebhookDoc): Promise<void> {
    const { webhooks, log } = this.#deps;
    const { _id: webhookId, disabledReason: reason } = webhook;
    log.warn({ webhookId, reason }, "A webhook was switched off");
    try {
      await this.#record(webhook);
      await this.#send(webhook);
      await webhooks.endNotice(webhookId);
    } catch (error) {
      log.error({ err: error, webhookId }, "A notice of a webhook is left to the sweep");
    }
  }

  #record({ _id, ownerId, disabledReason }: WebhookDoc): Promise<void> {
    return this.#deps.audit.record({
      action: "webhook.disable",
      accountId: ownerId,
      actor: null,
      target: { kind: "webhook", id: _id },
      outcome: "success",
      reason: null,
      client: null,
      requestId: null,
      changes: { disabledReason: [null, disabledReason] },
    });
  }

  async #send({ _id, ownerId, isEnabled }: WebhookDoc): Promise<void> {
    const { admins, outbox } = this.#deps;
    if (!outbox.isOn || isEnabled) return;
    const told = ownerId === null ? await admins.listActiveAdmins(MOST_ADMINS) : [ownerId];
    for (const accountId of told) await this.#mail(accountId, _id);
  }

  async #mail(accountId: Id, webhookId: Id): Promise<void> {
    const { emails, outbox } = this.#deps;
    const account = await emails.find(accountId);
    if (account?.email === undefined || account.emailKey === undefined) return;
    const { email: to, username } = account;
    await outbox.send({ kind: "webhook.disable", accountId, to, username, webhookId });
  }
}

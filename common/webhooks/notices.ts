import type { AccountMails } from "../accounts/account-mails.js";
import type { AuditLog } from "../audit/log.js";
import type { Logger } from "../platform/log.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookDoc } from "./webhook.js";

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "endNotice">;
  readonly audit: Pick<AuditLog, "record">;
  readonly accountMails: Pick<AccountMails, "send" | "sendToAdmins">;
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

  /** Does not throw. The webhook stays off when nobody can be told. */
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

  async #send({ _id: webhookId, ownerId, isEnabled }: WebhookDoc): Promise<void> {
    const { accountMails } = this.#deps;
    if (isEnabled) return;
    const told = { kind: "webhook.disable", webhookId } as const;
    if (ownerId === null) await accountMails.sendToAdmins(told);
    else await accountMails.send(ownerId, told);
  }
}

import { delayAfter } from "./back-off.js";
import { bodyOf } from "./body.js";
import type { DeliveriesRepository } from "./deliveries-repository.js";
import type { WebhookNotices } from "./notices.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookSecrets } from "./secrets.js";
import type { WebhookSender } from "./sender.js";
import { signatureHeaders } from "./signature.js";
import type { Attempt, DeliveryDoc, DeliveryState, DisabledReason, WebhookDoc } from "./webhook.js";

/** The endpoint wants nothing more, ever (RFC 9110 §15.5.11). */
const GONE = 410;

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "disable" | "findById">;
  readonly deliveries: Pick<DeliveriesRepository, "finish" | "postpone" | "holdBack" | "letGo">;
  readonly secrets: Pick<WebhookSecrets, "listValid">;
  readonly sender: Pick<WebhookSender, "send">;
  readonly notices: Pick<WebhookNotices, "tell">;
  /** Of this release. */
  readonly version: string;
  /** 0 to 1. */
  readonly random: () => number;
  readonly now: () => Date;
}

/** How one try ended. */
export interface Sent {
  /** Of the delivery. */
  readonly state: DeliveryState;
  readonly attempt: Attempt;
  /** Whether the webhook gets nothing more. */
  readonly isOff: boolean;
  /** To be done once it is noted how all tries went that were made together. */
  readonly giveUp?: () => Promise<void>;
}

/** Makes one try to deliver an event, and writes down how it went. */
export class Sending {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws WebhookKeyError when this process lacks the key of the webhook's secret. */
  async send(webhook: WebhookDoc, delivery: DeliveryDoc, signal: AbortSignal): Promise<Sent> {
    const { secrets, sender, version, now } = this.#deps;
    const body = bodyOf(delivery, webhook);
    const at = now();
    const timestamp = Math.floor(at.getTime() / 1000);
    const signed = signatureHeaders(
      { id: delivery._id, timestamp, body },
      secrets.listValid(webhook, at),
    );
    const headers = {
      ...signed,
      "content-type": "application/json",
      "user-agent": `Stowage/${version}`,
    };
    const attempt = await sender.send({ url: new URL(webhook.url), headers, body }, signal);
    const { status } = attempt;
    const isDelivered = status !== null && status >= 200 && status < 300;
    return isDelivered
      ? this.#noteSuccess(delivery, attempt)
      : this.#noteFailure(webhook, delivery, attempt);
  }

  async #noteSuccess(delivery: DeliveryDoc, attempt: Attempt): Promise<Sent> {
    const { deliveries, now } = this.#deps;
    await deliveries.finish(delivery, "delivered", { attempt, now: now() });
    if (delivery.tries > 0) await deliveries.letGo(delivery, now());
    return { state: "delivered", attempt, isOff: false };
  }

  async #noteFailure(webhook: WebhookDoc, delivery: DeliveryDoc, attempt: Attempt): Promise<Sent> {
    const { deliveries, random, now } = this.#deps;
    const isGone = attempt.status === GONE;
    const delayMs = isGone ? undefined : delayAfter(delivery.tries + 1, random());
    if (delayMs !== undefined) {
      const dueAt = new Date(now().getTime() + delayMs);
      await deliveries.postpone(delivery, { attempt, dueAt });
      await deliveries.holdBack(delivery, dueAt);
      return { state: "pending", attempt, isOff: false };
    }
    await deliveries.finish(delivery, "failed", { attempt, now: now() });
    await deliveries.letGo(delivery, now());
    const since = delivery.firstTriedAt ?? attempt.at;
    const giveUp = () =>
      isGone ? this.#switchOff(webhook, "gone") : this.#switchOff(webhook, "failing", since);
    return { state: "failed", attempt, isOff: isGone, giveUp };
  }

  /** Unless something else was delivered in all that time. */
  async #switchOff({ _id }: WebhookDoc, reason: DisabledReason, since?: Date): Promise<void> {
    const { webhooks, notices, now } = this.#deps;
    const isOff = await webhooks.disable(_id, {
      ...{ reason, now: now() },
      ...(since !== undefined && { since }),
    });
    const webhook = isOff ? await webhooks.findById(_id) : null;
    if (webhook !== null) await notices.tell(webhook);
  }
}

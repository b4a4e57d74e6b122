import { BY_ITSELF } from "../events/cause.js";
import type { EventLogRepository } from "../events/log-repository.js";
import type { Page } from "../platform/cursor.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { DeliveriesRepository } from "./deliveries-repository.js";
import { deliveryOf, sendingOf } from "./dispatch.js";
import type { OwnWebhooks, Webhook } from "./own-webhooks.js";
import { replayOf, type ReplayRange, replayingOf } from "./replay-range.js";
import type { WebhooksRepository } from "./repository.js";
import {
  type DeliveryDoc,
  type DeliveryState,
  type SentEvent,
  TEST_EVENT,
  type WebhookDoc,
  type WebhookOwner,
} from "./webhook.js";

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "wake">;
  readonly own: OwnWebhooks;
  readonly deliveries: DeliveriesRepository;
  readonly events: Pick<EventLogRepository, "lastSeqBefore">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

interface ListQuery {
  readonly state?: DeliveryState | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * What was sent to the webhooks of an owner, and what is to be sent again. The owner is an account, as access has given it out, or `null`, the
 * installation.
 *
 * @throws NotFoundError from every method when the owner has no such webhook.
 */
export class WebhookDeliveries {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The latest first. @throws InvalidCursorError */
  async list(owner: WebhookOwner, id: Id, query: ListQuery): Promise<Page<DeliveryDoc>> {
    await this.#deps.own.find(owner, id);
    return this.#deps.deliveries.page(id, query);
  }

  /** @throws NotFoundError when the webhook has no such delivery. */
  async find(owner: WebhookOwner, id: Id, deliveryId: Id): Promise<DeliveryDoc> {
    await this.#deps.own.find(owner, id);
    return this.#find(id, deliveryId);
  }

  /** Sends an event by which an endpoint can be tried out. @throws WebhookDisabledError */
  async test(owner: WebhookOwner, id: Id): Promise<DeliveryDoc> {
    const { own, deliveries, now } = this.#deps;
    const webhook = await own.findEnabled(owner, id);
    const event: SentEvent = {
      ...{ _id: newId(), ownerId: owner, seq: 0, type: TEST_EVENT, at: now() },
      ...BY_ITSELF,
    };
    // One test does not wait for another.
    const delivery = { ...deliveryOf(webhook, event), subjectId: event._id };
    await deliveries.insert([delivery], { now: now() });
    await this.#sendNow(webhook);
    return this.#find(id, delivery._id);
  }

  /**
   * Sends one event again, whatever became of it.
   *
   * @throws WebhookDisabledError
   * @throws NotFoundError when the webhook has no such delivery.
   */
  async replay(owner: WebhookOwner, id: Id, deliveryId: Id): Promise<DeliveryDoc> {
    const { own, deliveries, now } = this.#deps;
    const webhook = await own.findEnabled(owner, id);
    const delivery = await deliveries.resend(id, deliveryId, now());
    if (delivery === null) throw new NotFoundError("delivery");
    await this.#sendNow(webhook);
    return delivery;
  }

  /**
   * Sends many events again: those that have failed, or those that the log still has behind a number or from an instant on. The worker does it. What is asked
   * for while the worker is at it is added.
   *
   * @throws WebhookDisabledError
   */
  async replayMany(owner: WebhookOwner, id: Id, range: ReplayRange): Promise<Webhook> {
    const { own, deliveries, events, jobs, now } = this.#deps;
    const webhook = await own.findEnabled(owner, id);
    if ("state" in range) {
      await deliveries.resendFailed(id, now());
      await this.#sendNow(webhook);
      return own.show(await own.find(owner, id));
    }
    const { after } = await own.update(owner, id, async (current) => ({
      replay: await replayOf(current, { range, events, now: now() }),
    }));
    jobs.enqueue(replayingOf(after));
    return after;
  }

  async #sendNow(webhook: WebhookDoc): Promise<void> {
    await this.#deps.webhooks.wake(webhook._id);
    this.#deps.jobs.enqueue(sendingOf(webhook));
  }

  async #find(webhookId: Id, id: Id): Promise<DeliveryDoc> {
    const found = await this.#deps.deliveries.find(webhookId, id);
    if (found === null) throw new NotFoundError("delivery");
    return found;
  }
}

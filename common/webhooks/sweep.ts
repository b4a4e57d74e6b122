import type { EventLogRepository } from "../events/log-repository.js";
import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { WebhookCursorsRepository } from "./cursors-repository.js";
import type { DeliveriesRepository } from "./deliveries-repository.js";
import { sendingOf, type WebhookDispatch } from "./dispatch.js";
import type { WebhookNotices } from "./notices.js";
import { replayingOf } from "./replay-range.js";
import type { WebhooksRepository } from "./repository.js";
import type { WebhookDoc } from "./webhook.js";

/** So many webhooks, and so many accounts, are looked at in one sweep. The next sweep continues behind them. */
const MOST_PER_SWEEP = 500;

/** At most so many deliveries are kept that have ended, for each webhook. */
const KEPT_DELIVERIES = 1000;

/** A job that is due for as long was lost, or its notice left behind; in milliseconds. */
const LOST_AFTER_MS = 5000;

/** A dispatch that began before a webhook was deleted is over after as long, in milliseconds. */
const REMOVED_AFTER_MS = 15 * 60_000;

interface Deps {
  readonly webhooks: WebhooksRepository;
  readonly deliveries: DeliveriesRepository;
  readonly cursors: Pick<WebhookCursorsRepository, "removeAllOf">;
  readonly events: Pick<EventLogRepository, "nextOwner">;
  readonly dispatch: Pick<WebhookDispatch, "run">;
  readonly notices: Pick<WebhookNotices, "tell">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Finds again what lost jobs and crashes have left behind of webhooks, from what MongoDB says alone. Every step may be repeated. */
export class WebhookSweep {
  readonly #deps: Deps;
  // Several workers begin at different places, and one that often starts anew does not always begin at the same.
  #lastOwner: Id = newId();
  #lastWebhook: Id = newId();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    const webhooks = await this.#listSome();
    const own = webhooks.flatMap(({ ownerId }) => ownerId ?? []);
    const hasInstallation = await this.#deps.webhooks.hasListening([null]);
    const others = hasInstallation ? await this.#listOwners() : [];
    for (const ownerId of new Set([...own, ...others])) {
      await this.#deps.dispatch.run(ownerId, signal);
    }
    for (const webhook of webhooks) {
      signal.throwIfAborted();
      await this.#requeue(webhook);
      while (await this.#deps.deliveries.trim(webhook._id, KEPT_DELIVERIES)) {
        signal.throwIfAborted();
      }
    }
    await this.#repeatNotices();
    await this.#finishRemovals(signal);
  }

  /** Goes round, so that each has its turn. */
  async #listSome(): Promise<WebhookDoc[]> {
    const { webhooks } = this.#deps;
    const behind = await webhooks.listEnabledAfter(this.#lastWebhook, MOST_PER_SWEEP);
    const isRound = behind.length < MOST_PER_SWEEP;
    const rest = isRound ? await webhooks.listEnabledAfter("", MOST_PER_SWEEP - behind.length) : [];
    const found = new Map([...behind, ...rest].map((webhook) => [webhook._id, webhook]));
    this.#lastWebhook = [...found.keys()].at(-1) ?? "";
    return [...found.values()];
  }

  /** The same for accounts that have a log. */
  async #listOwners(): Promise<Id[]> {
    const { events } = this.#deps;
    const found = new Set<Id>();
    let isRound = false;
    while (found.size < MOST_PER_SWEEP) {
      const next = await events.nextOwner(this.#lastOwner);
      if (next === undefined) {
        if (isRound) break;
        isRound = true;
        this.#lastOwner = "";
        continue;
      }
      if (found.has(next)) break;
      found.add(next);
      this.#lastOwner = next;
    }
    return [...found];
  }

  async #requeue(webhook: WebhookDoc): Promise<void> {
    const { deliveries, jobs, now } = this.#deps;
    const lostBefore = now().getTime() - LOST_AFTER_MS;
    if (webhook.replay !== null && webhook.replay.until.getTime() < lostBefore) {
      jobs.enqueue(replayingOf(webhook));
    }
    const isAwake = webhook.restUntil === null || webhook.restUntil.getTime() < lostBefore;
    const dueAt = isAwake ? await deliveries.nextDueAt(webhook._id) : undefined;
    if (dueAt !== undefined && dueAt.getTime() < lostBefore) jobs.enqueue(sendingOf(webhook));
  }

  async #repeatNotices(): Promise<void> {
    const { webhooks, notices, now } = this.#deps;
    const before = new Date(now().getTime() - LOST_AFTER_MS);
    for (const webhook of await webhooks.listNoticesDue(before, MOST_PER_SWEEP)) {
      await notices.tell(webhook);
    }
  }

  async #finishRemovals(signal: AbortSignal): Promise<void> {
    const { webhooks, deliveries, cursors, now } = this.#deps;
    for (const { _id, removedAt } of await webhooks.listRemoved(MOST_PER_SWEEP)) {
      while (await deliveries.removeSomeOf(_id)) signal.throwIfAborted();
      await cursors.removeAllOf(_id);
      const isLongAgo =
        removedAt !== undefined && now().getTime() - removedAt.getTime() > REMOVED_AFTER_MS;
      if (isLongAgo) await webhooks.remove(_id);
    }
  }
}

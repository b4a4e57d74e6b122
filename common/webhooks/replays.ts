import type { EventLogRepository } from "../events/log-repository.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { sendingOf, type WebhookDispatch } from "./dispatch.js";
import type { WebhooksRepository } from "./repository.js";
import type { Replay, WebhookDoc } from "./webhook.js";

const EVENTS_PER_READ = 100;

interface Deps {
  readonly webhooks: Pick<WebhooksRepository, "findById" | "advanceReplay">;
  readonly dispatch: Pick<WebhookDispatch, "repeat">;
  readonly events: Pick<EventLogRepository, "list" | "lastSeqBefore" | "nextOwner">;
  readonly jobs: Pick<JobProducer, "enqueue">;
}

/** Has the events sent again that an owner has asked for. The webhook says how far that has come, so any worker can continue. */
export class WebhookReplays {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Nothing happens unless there is something to replay, and the webhook is switched on. */
  async run(webhookId: Id, signal: AbortSignal): Promise<void> {
    const { webhooks, jobs } = this.#deps;
    for (;;) {
      signal.throwIfAborted();
      const webhook = await webhooks.findById(webhookId);
      if (webhook?.isEnabled !== true || webhook.replay === null) return;
      const next = await this.#step(webhook, webhook.replay);
      const isOurs = await webhooks.advanceReplay(webhookId, webhook.replay, next);
      if (isOurs) jobs.enqueue(sendingOf(webhook));
    }
  }

  async #step(webhook: WebhookDoc, replay: Replay): Promise<Replay | null> {
    const { dispatch, events } = this.#deps;
    const { ownerId, nextSeq, until } = replay;
    const found = ownerId === null ? [] : await events.list(ownerId, nextSeq - 1, EVENTS_PER_READ);
    await dispatch.repeat(
      webhook,
      found.filter(({ at }) => at <= until),
    );
    const last = found.at(-1);
    const isMore = last !== undefined && last.at <= until && found.length === EVENTS_PER_READ;
    if (isMore) return { ...replay, nextSeq: last.seq + 1 };
    return this.#nextAccount(webhook, replay);
  }

  async #nextAccount({ ownerId }: WebhookDoc, replay: Replay): Promise<Replay | null> {
    const { events } = this.#deps;
    if (ownerId !== null || replay.from === null) return null;
    const next = await events.nextOwner(replay.ownerId ?? "");
    if (next === undefined) return null;
    const nextSeq = (await events.lastSeqBefore(next, replay.from)) + 1;
    return { ...replay, ownerId: next, nextSeq };
  }
}

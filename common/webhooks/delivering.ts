import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { restAfter } from "./back-off.js";
import type { DeliveriesRepository } from "./deliveries-repository.js";
import { sendingOf } from "./dispatch.js";
import type { WebhooksRepository } from "./repository.js";
import type { Sending, Sent } from "./sending.js";
import type { DeliveryDoc, WebhookDoc } from "./webhook.js";

/** So many events are read at once, and so many of them are sent at once. */
const EVENTS_PER_READ = 100;
const MOST_AT_ONCE = 4;

/** After that the next webhook has its turn, in milliseconds. */
const TURN_MS = 60_000;

interface Deps {
  readonly webhooks: WebhooksRepository;
  readonly deliveries: DeliveriesRepository;
  readonly accounts: { findById(id: Id): Promise<{ readonly isDisabled: boolean } | undefined> };
  readonly sending: Sending;
  readonly jobs: Pick<JobProducer, "enqueue">;
  /** How long others leave a webhook alone that a worker sends to, in milliseconds. The worker renews it all the time. */
  readonly leaseMs: number;
  readonly now: () => Date;
}

/**
 * Sends what is due of a webhook. One worker does it at a time, and of each subject only the first event that is pending is sent. A worker that dies leaves its
 * deliveries due, so the next one sends them again.
 */
export class WebhookDelivering {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Nothing happens while another worker is at it, or while the webhook rests or is switched off. */
  async run(webhookId: Id, signal: AbortSignal): Promise<void> {
    const { deliveries, jobs, now } = this.#deps;
    const until = now().getTime() + TURN_MS;
    while (now().getTime() < until) {
      const nextAt = await this.#turn(webhookId, until, signal);
      if (nextAt === undefined) return;
      // What came while the lease was held found it held: so it is looked for now.
      const dueAt = await deliveries.nextDueAt(webhookId);
      if (dueAt === undefined) return;
      const at = Math.max(dueAt.getTime(), nextAt.getTime());
      const delayMs = at - now().getTime();
      if (delayMs > 0) {
        jobs.enqueue(sendingOf({ _id: webhookId }, `at-${at}`), { delayMs });
        return;
      }
    }
    jobs.enqueue(sendingOf({ _id: webhookId }));
  }

  /** @returns From when on it may send more; `undefined` where it may not. */
  async #turn(webhookId: Id, until: number, signal: AbortSignal): Promise<Date | undefined> {
    const { webhooks, leaseMs, now } = this.#deps;
    const leaseId = newId();
    const lease = () => ({ id: leaseId, until: new Date(now().getTime() + leaseMs) });
    const webhook = await webhooks.claim(webhookId, lease(), now());
    if (webhook === null) return undefined;
    const over = new AbortController();
    const renewing = setInterval(() => {
      void webhooks.renew(webhookId, lease()).then(
        (isHeld) => {
          if (!isHeld)
            over.abort(new Error("The webhook was switched off, or given to another worker"));
        },
        () => undefined,
      );
    }, leaseMs / 3);
    try {
      if (await this.#isSilent(webhook)) return undefined;
      const both = AbortSignal.any([signal, over.signal]);
      return await this.#sendDue(webhook, until, both);
    } catch (error) {
      if (over.signal.aborted) return undefined;
      throw error;
    } finally {
      clearInterval(renewing);
      await webhooks.release(webhookId, leaseId);
    }
  }

  /** Events of an account that is disabled wait. */
  async #isSilent({ ownerId }: WebhookDoc): Promise<boolean> {
    if (ownerId === null) return false;
    return (await this.#deps.accounts.findById(ownerId))?.isDisabled !== false;
  }

  /** @returns From when on it may send more; `undefined` where it may not. */
  async #sendDue(
    claimed: WebhookDoc,
    until: number,
    signal: AbortSignal,
  ): Promise<Date | undefined> {
    const { now } = this.#deps;
    let webhook = claimed;
    for (;;) {
      const heads = await this.#listHeads(webhook._id);
      if (heads.length === 0) return now();
      for (let n = 0; n < heads.length; n += MOST_AT_ONCE) {
        signal.throwIfAborted();
        const sent = await this.#sendSome(webhook, heads.slice(n, n + MOST_AT_ONCE), signal);
        const noted = await this.#note(webhook, sent);
        if (noted === null || sent.some(({ isOff }) => isOff)) return undefined;
        // Its owner may have changed it.
        webhook = noted;
        if (webhook.restUntil !== null) return webhook.restUntil;
        if (now().getTime() >= until) return now();
      }
    }
  }

  async #sendSome(
    webhook: WebhookDoc,
    deliveries: readonly DeliveryDoc[],
    signal: AbortSignal,
  ): Promise<Sent[]> {
    const { sending } = this.#deps;
    const tries = deliveries.map((delivery) => sending.send(webhook, delivery, signal));
    // All are over before the lease is given back.
    const settled = await Promise.allSettled(tries);
    const failed = settled.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  }

  /** What is due and the first of its subject. Those behind a first one that is not due yet wait as long as that. */
  async #listHeads(webhookId: Id): Promise<DeliveryDoc[]> {
    const { deliveries, now } = this.#deps;
    const due = await deliveries.listDue(webhookId, now(), EVENTS_PER_READ);
    const subjects = [...new Set(due.map(({ subjectId }) => subjectId))];
    const firsts = await Promise.all(subjects.map((id) => deliveries.findFirst(webhookId, id)));
    const heads: DeliveryDoc[] = [];
    for (const first of firsts) {
      if (first?.dueAt === undefined) continue;
      if (first.dueAt <= now()) heads.push(first);
      else await deliveries.holdBack(first, first.dueAt);
    }
    // All that was due waits now; there may be more.
    return heads.length > 0 || due.length < EVENTS_PER_READ ? heads : this.#listHeads(webhookId);
  }

  async #note(webhook: WebhookDoc, sent: readonly Sent[]): Promise<WebhookDoc | null> {
    const { webhooks, now } = this.#deps;
    const last = sent.at(-1);
    if (last === undefined) return webhook;
    const { state, attempt } = last;
    const isAnySuccess = sent.some((each) => each.state === "delivered");
    const failures = isAnySuccess ? 0 : webhook.failures + sent.length;
    const restMs = restAfter(failures);
    const noted = await webhooks.noteTried(webhook._id, {
      ...{ last: { at: attempt.at, state, status: attempt.status }, failures },
      restUntil: restMs > 0 ? new Date(now().getTime() + restMs) : null,
      ...(isAnySuccess && { lastSuccessAt: now() }),
    });
    for (const { giveUp } of sent) await giveUp?.();
    return noted;
  }
}

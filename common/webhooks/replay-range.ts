import type { EventLogRepository } from "../events/log-repository.js";
import { newId } from "../platform/ids.js";
import type { Replay, WebhookDoc } from "./webhook.js";

/** Which events are sent again. */
export type ReplayRange =
  /** All whose delivery has failed. */
  | { readonly state: "failed" }
  /** All behind a number. Only the webhooks of an account have numbers. */
  | { readonly since: number }
  /** All from an instant on. */
  | { readonly from: Date };

interface Options {
  readonly range: Exclude<ReplayRange, { readonly state: "failed" }>;
  readonly events: Pick<EventLogRepository, "lastSeqBefore">;
  readonly now: Date;
}

/** What is to be sent again, beside what is being sent again already. */
export async function replayOf(
  { ownerId, replay }: WebhookDoc,
  { range, events, now }: Options,
): Promise<Replay> {
  const id = newId();
  if (ownerId === null) {
    const from = "from" in range ? range.from : new Date(0);
    const earlier = replay?.from ?? from;
    const first = earlier < from ? earlier : from;
    return { id, ownerId, nextSeq: 1, from: first, until: now };
  }
  const since = "since" in range ? range.since : await events.lastSeqBefore(ownerId, range.from);
  const nextSeq = Math.min(since + 1, replay?.nextSeq ?? Infinity);
  return { id, ownerId, nextSeq, from: null, until: now };
}

/** The job that does it. */
export const replayingOf = ({ _id: webhookId, replay }: WebhookDoc) => ({
  name: "webhook.replay" as const,
  data: { webhookId, turn: replay?.id ?? newId() },
});

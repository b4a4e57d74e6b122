import type { Db } from "mongodb";
import type { EventDoc } from "../../common/events/event.js";
import { derivedId, type Id, newId } from "../../common/platform/ids.js";
import type { JobOf } from "../../common/queue/catalogue.js";
import type { CursorDoc, DeliveryDoc, WebhookDoc } from "../../common/webhooks/webhook.js";

/** What there is to do for webhooks that are switched on, as MongoDB tells it, without any of the product's own queries. */
export async function listWebhookJobs(db: Db, now: Date): Promise<JobOf[]> {
  const enabled = await db
    .collection<WebhookDoc>("webhooks")
    .find({ isEnabled: true, removedAt: { $exists: false } })
    .toArray();
  const due = await db
    .collection<DeliveryDoc>("webhookDeliveries")
    .find({ dueAt: { $lte: now } })
    .toArray();
  const isDue = ({ _id, restUntil }: WebhookDoc) =>
    (restUntil === null || restUntil <= now) && due.some(({ webhookId }) => webhookId === _id);
  const turn = newId();
  return [
    ...(await listBehind(db, enabled)).map((ownerId) => ({
      name: "webhook.dispatch" as const,
      data: { ownerId, turn },
    })),
    ...enabled
      .filter(({ replay }) => replay !== null)
      .map(({ _id }) => ({ name: "webhook.replay" as const, data: { webhookId: _id, turn } })),
    ...enabled
      .filter(isDue)
      .map(({ _id }) => ({ name: "webhook.deliver" as const, data: { webhookId: _id, turn } })),
  ];
}

/** The accounts with events that some webhook has not read. */
async function listBehind(db: Db, webhooks: readonly WebhookDoc[]): Promise<Id[]> {
  if (webhooks.length === 0) return [];
  const last = await db
    .collection<EventDoc>("events")
    .aggregate<{ _id: Id; seq: number; at: Date }>([
      { $group: { _id: "$ownerId", seq: { $max: "$seq" }, at: { $max: "$at" } } },
    ])
    .toArray();
  const cursors = await db.collection<CursorDoc>("webhookCursors").find().toArray();
  const nextSeqs = new Map(cursors.map(({ _id, nextSeq }) => [_id, nextSeq]));
  const isBehind = ({ start, ownerId }: WebhookDoc, account: (typeof last)[number]) => {
    if (ownerId !== null && ownerId !== account._id) return false;
    const nextSeq = nextSeqs.get(derivedId(start.id, account._id)) ?? start.seq;
    return nextSeq === null ? account.at >= start.at : nextSeq <= account.seq;
  };
  return last
    .filter((account) => webhooks.some((webhook) => isBehind(webhook, account)))
    .map(({ _id }) => _id);
}

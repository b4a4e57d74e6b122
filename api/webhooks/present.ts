import type { Webhook } from "../../common/webhooks/own-webhooks.js";
import { type DeliveryDoc, TEST_EVENT } from "../../common/webhooks/webhook.js";

/** A webhook as its owner sees it: without its secrets. */
export function presentWebhook(webhook: Webhook) {
  const { _id: id, url, label, events, folderId, isEnabled, disabledReason } = webhook;
  const { lastDelivery, pending } = webhook;
  return {
    id,
    url,
    label,
    events,
    folderId,
    isEnabled,
    disabledReason,
    createdAt: webhook.createdAt.toISOString(),
    changedAt: webhook.changedAt.toISOString(),
    lastDelivery: lastDelivery && presentLast(lastDelivery),
    pending,
  };
}

const presentLast = ({ at, state, status }: NonNullable<Webhook["lastDelivery"]>) => ({
  at: at.toISOString(),
  state,
  status,
});

/** An event on its way to the URL of a webhook, with what was tried so far. A test has no number: it is in no log. */
export function presentDelivery(delivery: DeliveryDoc) {
  const { _id: id, event, state, attempts } = delivery;
  const { _id: eventId, ownerId, type } = event;
  return {
    id,
    eventId,
    ownerId,
    seq: type === TEST_EVENT ? null : event.seq,
    type,
    state,
    attempts: attempts.map(presentAttempt),
    nextAttemptAt: delivery.dueAt?.toISOString() ?? null,
    createdAt: delivery.createdAt.toISOString(),
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  };
}

const presentAttempt = ({
  at,
  status,
  error,
  durationMs,
  answer,
}: DeliveryDoc["attempts"][number]) => ({
  at: at.toISOString(),
  status,
  error,
  durationMs,
  answer,
});

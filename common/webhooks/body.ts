import { presentChange } from "../events/present.js";
import type { EventDoc } from "../events/event.js";
import type { DeliveryDoc, WebhookDoc } from "./webhook.js";

/**
 * What is sent: an event as readers of the log see it, and the account that it happened in. It is the same text for all tries.
 *
 * Admins do not see what people call their files. So webhooks of the installation get no names.
 */
export function bodyOf(
  { event }: Pick<DeliveryDoc, "event">,
  { ownerId }: Pick<WebhookDoc, "ownerId">,
): string {
  const change = presentChange(event as EventDoc);
  const data = ownerId === null ? withoutNames(change) : change;
  return JSON.stringify({
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { ...data, ownerId: event.ownerId },
  });
}

function withoutNames({ entry, from, ...change }: ReturnType<typeof presentChange>) {
  return {
    ...change,
    ...(entry && { entry: { ...entry, name: undefined } }),
    ...(from && { from: { folderId: from.folderId } }),
  };
}

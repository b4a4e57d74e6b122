import type { InferType } from "yup";
import type { ReplayRange } from "../../common/webhooks/replay-range.js";
import type { WebhookChanges, WebhookTerms } from "../../common/webhooks/service.js";
import type { changedInstallationWebhook, newInstallationWebhook, replayMany } from "./schema.js";

/** What a webhook is asked to be, beside its folder. What the body leaves out is nothing. */
export function readTerms({
  url,
  label,
  events,
}: InferType<typeof newInstallationWebhook.body>): Omit<WebhookTerms, "folderId"> {
  return { url: new URL(url), label: label ?? null, events: eachOnce(events) };
}

/** What is to change of a webhook, beside its folder. What the body leaves out is not among it. */
export function readChanges({
  url,
  label,
  events,
  isEnabled,
}: Partial<InferType<typeof changedInstallationWebhook.body>>): WebhookChanges {
  return {
    ...(url !== undefined && { url: new URL(url) }),
    ...(label !== undefined && { label }),
    ...(events !== undefined && { events: eachOnce(events) }),
    ...(isEnabled !== undefined && { isEnabled }),
  };
}

const eachOnce = (events: WebhookTerms["events"] | undefined) =>
  events ? [...new Set(events)].sort() : null;

/** What is to be sent again. The schema has seen that the body names one of the three. */
export function readReplay({
  since,
  from,
}: Partial<InferType<typeof replayMany.body>>): ReplayRange {
  if (since !== undefined) return { since };
  return from === undefined ? { state: "failed" } : { from: new Date(from) };
}

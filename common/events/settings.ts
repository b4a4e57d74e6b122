import type { ConfigOf } from "../platform/config.js";
import { topic, wholeNumber } from "../platform/setting.js";

/** How long events can be read. Web processes and the worker read this. */
export const eventSettings = topic("Events", {
  eventsRetentionDays: wholeNumber(
    "EVENTS_RETENTION_DAYS",
    "How long an event can be read by sync clients and webhooks, in days. The newest one of each account stays.",
    { default: 30, min: 1, max: 3650 },
  ),
});

export type EventSettings = ConfigOf<typeof eventSettings>;

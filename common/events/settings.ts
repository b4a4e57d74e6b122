import type { ConfigOf } from "../platform/config.js";
import { seconds, topic, wholeNumber } from "../platform/setting.js";

/** How long events can be read. Web processes and the worker read this. */
export const eventSettings = topic("Events", {
  eventsRetentionDays: wholeNumber(
    "EVENTS_RETENTION_DAYS",
    "How long an event can be read by sync clients and webhooks, in days. The newest one of each account stays.",
    { default: 30, min: 1, max: 3650 },
  ),
  eventsRetentionIntervalMs: seconds(
    "EVENTS_RETENTION_INTERVAL_SECONDS",
    "How often old events are removed, in seconds.",
    { default: 3600, min: 0, max: 86_400 },
  ),
});

/** How many clients follow events as they happen. Only web processes read this. */
export const eventStreamSettings = topic("Events", {
  maxEventStreams: wholeNumber(
    "MAX_EVENT_STREAMS",
    "How many streams of events (GET /events) a web process has at once; an account has at most 20 of them.",
    { default: 1000, min: 0, max: 100_000 },
  ),
  eventStreamMs: seconds(
    "EVENT_STREAM_SECONDS",
    "How long a stream of events lasts, in seconds. Its client connects again then, and continues where it was.",
    { default: 3600, min: 1, max: 86_400 },
  ),
});

export type EventStreamSettings = ConfigOf<typeof eventStreamSettings>;

export type EventSettings = ConfigOf<typeof eventSettings>;

import type { ConfigOf } from "../platform/config.js";
import { seconds, topic, wholeNumber } from "../platform/setting.js";

/** How a worker takes jobs. */
export const queueSettings = topic("Jobs", {
  workerConcurrency: wholeNumber(
    "WORKER_CONCURRENCY",
    "How many jobs one worker process runs at once.",
    {
      default: 4,
      min: 1,
      max: 256,
    },
  ),
  webhookConcurrency: wholeNumber(
    "WEBHOOK_CONCURRENCY",
    "To how many webhooks one worker process sends at once, beside its other jobs. Up to 4 events of each are on their way.",
    { default: 10, min: 1, max: 256 },
  ),
  jobLockMs: seconds(
    "JOB_LOCK_SECONDS",
    "How long a job stays with a silent worker before another worker takes it, in seconds.",
    { default: 30, min: 1, max: 3600 },
  ),
});

export type QueueSettings = ConfigOf<typeof queueSettings>;

import type { ConfigOf } from "../platform/config.js";
import { days, topic } from "../platform/setting.js";

/** How long what jobs have done can be looked at. Web processes and the worker read this. */
export const jobSettings = topic("Jobs of accounts", {
  jobRetentionMs: days(
    "JOB_RETENTION_DAYS",
    "How long a finished job (a copy of a folder, a change of many files) can be looked at, in days.",
    { default: 7, min: 1, max: 365 },
  ),
});

export type JobSettings = ConfigOf<typeof jobSettings>;

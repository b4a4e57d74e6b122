import type { IndexDescription } from "mongodb";
import { contentIndexIndexes } from "../content-index/repository.js";
import { jobIndexes } from "../jobs/indexes.js";
import { fsckIndexes } from "../maintenance/fsck/runs-repository.js";
import { orphanIndexes } from "../maintenance/orphan-sweep.js";
import { failedJobIndexes } from "../queue/failures-repository.js";
import { webhookIndexes } from "../webhooks/indexes.js";

/** The indexes of what is done after requests, and of what looks after the store. */
export const workIndexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  ...jobIndexes,
  ...fsckIndexes,
  contentIndex: contentIndexIndexes,
  ...webhookIndexes,
  failedJobs: failedJobIndexes,
  orphans: orphanIndexes,
};

import { FsckAdministration } from "./maintenance/fsck/administration.js";
import { openFsck } from "./maintenance/fsck/open.js";
import { PipelineOverview } from "./pipeline/overview.js";
import type { PipelineRepository } from "./pipeline/repository.js";
import { PipelineStatus } from "./pipeline/status.js";
import { openStepOutcomes } from "./pipeline/step-outcomes.js";
import { WorkerReports } from "./pipeline/worker-reports.js";
import type { JobQueue } from "./queue/open.js";

type Parts = Pick<JobQueue, "jobs" | "failedJobs" | "queues"> &
  Parameters<typeof openStepOutcomes>[0] &
  Parameters<typeof openFsck>[0] & { readonly pipelines: PipelineRepository };

/** What admins see of the work that is done after requests, and of what is stored. */
export function openOperating(parts: Parts) {
  const { jobs, failedJobs, queues, pipelines } = parts;
  const stepOutcomes = openStepOutcomes(parts);
  return {
    failedJobs,
    queues,
    bullQueues: jobs.bullQueues,
    pipelineOverview: new PipelineOverview({ pipelines, stepOutcomes }),
    pipelineStatus: new PipelineStatus(new WorkerReports(parts)),
    fsckAdministration: new FsckAdministration(openFsck(parts)),
  };
}

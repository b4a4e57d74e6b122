import type { Maintenance } from "../common/maintenance/open.js";
import {
  checkJob,
  type JobData,
  type JobName,
  type JobOf,
  type ReceivedJob,
} from "../common/queue/catalogue.js";

/** Does each kind of job. A handler may run twice for the same data. One that is missing does not compile. */
export type JobHandlers = {
  readonly [N in JobName]: (data: JobData[N], signal: AbortSignal) => Promise<void>;
};

export function createJobHandlers({ inspection, settlement, purge }: Maintenance): JobHandlers {
  return {
    "file.inspect": ({ ownerId, versionId }, signal) => inspection.run(ownerId, versionId, signal),
    "quota.settle": (upload) => settlement.run(upload),
    "file.purge": (file, signal) => purge.run(file, signal),
  };
}

/**
 * Checks one job and does it.
 *
 * @throws InvalidJobError when there is no such kind of job, or its data is not what the kind promises.
 */
export async function runJob(
  handlers: JobHandlers,
  received: ReceivedJob,
  signal: AbortSignal,
): Promise<void> {
  await handle(handlers, await checkJob(received), signal);
}

const handle = <N extends JobName>(handlers: JobHandlers, job: JobOf<N>, signal: AbortSignal) =>
  handlers[job.name](job.data, signal);

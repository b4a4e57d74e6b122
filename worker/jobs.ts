import type { EventWork } from "../common/events/event-work.js";
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

/** What does jobs, and what is told of each. */
export interface JobDoer {
  readonly handlers: JobHandlers;
  readonly eventWork: EventWork;
}

export function createJobHandlers({
  eventWork,
  pipeline,
  settlement,
  purge,
  versionExpiry,
  folderPurge,
  trashPurge,
  accountPurge,
  mailDelivery,
  archivePreparation,
  usageMeasuring,
  jobRunner,
  webhookWork,
}: Maintenance): JobDoer {
  const handlers: JobHandlers = {
    "version.process": ({ ownerId, versionId }, signal) => pipeline.run(ownerId, versionId, signal),
    "quota.settle": (upload) => settlement.run(upload),
    "file.purge": async (file, signal) => {
      await purge.run(file, signal);
    },
    "version.purge": (version, signal) => purge.runVersion(version, signal),
    "version.expire": async (file, signal) => {
      await versionExpiry.run(file, { signal });
    },
    "folder.purge": (folder, signal) => folderPurge.run(folder, signal),
    "trash.empty": ({ ownerId }, signal) => trashPurge.empty(ownerId, signal),
    "usage.measure": ({ ownerId }, signal) => usageMeasuring.run(ownerId, signal),
    "archive.prepare": (archive, signal) => archivePreparation.run(archive, { signal }),
    "job.run": (job, signal) => jobRunner.run(job, signal),
    "account.purge": ({ deletionId }, signal) => accountPurge.run(deletionId, signal),
    "mail.send": ({ mailId }, signal) => mailDelivery.run(mailId, signal),
    "webhook.dispatch": ({ ownerId }, signal) => webhookWork.dispatch.run(ownerId, signal),
    "webhook.replay": ({ webhookId }, signal) => webhookWork.replays.run(webhookId, signal),
    "webhook.deliver": ({ webhookId }, signal) => webhookWork.delivering.run(webhookId, signal),
  };
  return { handlers, eventWork };
}

/**
 * Checks one job and does it.
 *
 * @throws InvalidJobError when there is no such kind of job, or its data is not what the kind promises.
 */
export async function runJob(
  { handlers, eventWork }: JobDoer,
  received: ReceivedJob,
  signal: AbortSignal,
): Promise<void> {
  const job = await checkJob(received);
  const ownerId = "ownerId" in job.data ? job.data.ownerId : undefined;
  await eventWork.run(() => handle(handlers, job, signal), ownerId);
}

const handle = <N extends JobName>(handlers: JobHandlers, job: JobOf<N>, signal: AbortSignal) =>
  handlers[job.name](job.data, signal);

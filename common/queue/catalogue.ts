import type { Id } from "../platform/ids.js";

/** The queue that every job goes through. */
export const QUEUE_NAME = "jobs";

/** Every job and its data: part of the wire format between processes, so names and fields only ever grow. */
export interface JobCatalogue {
  /** Finds out what a version is. `generation` is raised by a replay. */
  "file.inspect": { ownerId: Id; versionId: Id; generation: number };
  /** Turns a published upload's reservation into usage. */
  "quota.settle": { ownerId: Id; uploadId: Id };
  /** Removes a deleted file's content for good. */
  "file.purge": { ownerId: Id; fileId: Id };
}

export type JobName = keyof JobCatalogue;

/** One that is missing here does not compile. */
const EVERY_JOB: Readonly<Record<JobName, true>> = {
  "file.inspect": true,
  "quota.settle": true,
  "file.purge": true,
};

export const JOB_NAMES = Object.keys(EVERY_JOB) as readonly JobName[];

export type JobOf<N extends JobName = JobName> = {
  [K in N]: { readonly name: K; readonly data: JobCatalogue[K] };
}[N];

/**
 * A job's id: BullMQ ignores a job whose id it still holds, so adding one twice is harmless. No colons: BullMQ builds its keys
 * with them.
 */
export function jobId({ name, data }: JobOf): string {
  switch (name) {
    case "file.inspect":
      return `${name}-${data.versionId}-${data.generation}`;
    case "quota.settle":
      return `${name}-${data.uploadId}`;
    case "file.purge":
      return `${name}-${data.fileId}`;
  }
}

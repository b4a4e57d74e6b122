import { type InferType, number, object, type ObjectSchema, string, ValidationError } from "yup";
import { isId } from "../platform/ids.js";

/** The queues in Redis. */
export const QUEUE_NAMES = ["jobs", "webhooks"] as const;

export type QueueName = (typeof QUEUE_NAMES)[number];

export const isQueueName = (name: string): name is QueueName =>
  (QUEUE_NAMES as readonly string[]).includes(name);

/** One kind of job. */
interface JobKind<D> {
  readonly queue: QueueName;
  /** What its data looks like. Names and fields are part of the wire format between processes: they only ever grow. */
  readonly data: ObjectSchema<D & object>;
  /** What tells two jobs of the kind apart; without colons, because BullMQ builds its keys with them. */
  readonly key: (data: D) => string;
  /** Whether it is done before all else: somebody watches it, and it is short, or has short turns. */
  readonly isUrgent?: boolean;
  /** How often it is tried in all. */
  readonly attempts: number;
  /** The delay before the second try, in milliseconds; it doubles before each further one. */
  readonly backoffMs: number;
  /** How long one try may take before it is aborted, in milliseconds. */
  readonly timeLimitMs: number;
}

const id = () =>
  string()
    .required()
    .test("id", "${path} is not an id", (text) => isId(text));

/** What tells the turns of a job apart: a new id, or the instant that it waits for. So a job that is running never hides another one. */
const turn = () =>
  string()
    .required()
    .matches(/^[\w-]{1,40}$/);

const row = <D extends object>(kind: JobKind<D>) => kind;

const USUAL = { queue: "jobs", attempts: 5, backoffMs: 1000, timeLimitMs: 10 * 60_000 } as const;

const ROWS = {
  /** Takes a new content through the pipeline. A replay raises `generation`. */
  "version.process": row({
    ...USUAL,
    data: object({
      ownerId: id(),
      versionId: id(),
      generation: number().required().integer().min(0),
    }),
    key: ({ versionId, generation }) => `${versionId}-${generation}`,
  }),
  /** Turns a published upload's reservation into usage. */
  "quota.settle": row({
    ...USUAL,
    data: object({ ownerId: id(), uploadId: id() }),
    key: ({ uploadId }) => uploadId,
  }),
  /** Removes a deleted file's content for good. */
  "file.purge": row({
    ...USUAL,
    data: object({ ownerId: id(), fileId: id() }),
    key: ({ fileId }) => fileId,
  }),
  /** Removes a deleted version's content for good, while its file stays. */
  "version.purge": row({
    ...USUAL,
    data: object({ ownerId: id(), versionId: id() }),
    key: ({ versionId }) => versionId,
  }),
  /** Removes the versions of a file that its owner's rules do not keep. */
  "version.expire": row({
    ...USUAL,
    data: object({ ownerId: id(), fileId: id() }),
    key: ({ fileId }) => fileId,
  }),
  /** Removes a deleted folder, and marks what it holds to be removed. */
  "folder.purge": row({
    ...USUAL,
    data: object({ ownerId: id(), folderId: id() }),
    key: ({ folderId }) => folderId,
  }),
  /** Removes for good what was in the trash of an account when it was emptied. */
  "trash.empty": row({
    ...USUAL,
    data: object({ ownerId: id() }),
    key: ({ ownerId }) => ownerId,
  }),
  /** Measures what an account stores, by kind. */
  "usage.measure": row({
    ...USUAL,
    data: object({ ownerId: id() }),
    key: ({ ownerId }) => ownerId,
  }),
  /** Lists what an archive has. */
  "archive.prepare": row({
    ...USUAL,
    isUrgent: true,
    data: object({ ownerId: id(), archiveId: id() }),
    key: ({ archiveId }) => archiveId,
  }),
  /** Continues a job that a person can watch. Each turn is a new job for the queue. */
  "job.run": row({
    ...USUAL,
    isUrgent: true,
    data: object({ ownerId: id(), jobId: id(), turn: number().required().integer().min(0) }),
    key: ({ jobId, turn }) => `${jobId}-${turn}`,
  }),
  /** Removes all that there is of a deleted account. Its id is not in the queue, which keeps ids of jobs for a while. */
  "account.purge": row({
    ...USUAL,
    data: object({ deletionId: id() }),
    key: ({ deletionId }) => deletionId,
  }),
  /** Sends a mail. Its address is not in the queue. Tries after refusals are the sweep's: they are hours apart. */
  "mail.send": row({
    ...USUAL,
    isUrgent: true,
    timeLimitMs: 90_000,
    data: object({ mailId: id() }),
    key: ({ mailId }) => mailId,
  }),
  /** Makes deliveries of the new events of an account, for all webhooks that get them. */
  "webhook.dispatch": row({
    ...USUAL,
    data: object({ ownerId: id(), turn: turn() }),
    key: ({ ownerId, turn: each }) => `${ownerId}-${each}`,
  }),
  /** Makes deliveries again of events that an owner wants once more. */
  "webhook.replay": row({
    ...USUAL,
    data: object({ webhookId: id(), turn: turn() }),
    key: ({ webhookId, turn: each }) => `${webhookId}-${each}`,
  }),
  /** Sends what is due of a webhook. It has a queue of its own, because endpoints may be slow. */
  "webhook.deliver": row({
    ...USUAL,
    queue: "webhooks",
    data: object({ webhookId: id(), turn: turn() }),
    key: ({ webhookId, turn: each }) => `${webhookId}-${each}`,
  }),
};

export type JobName = keyof typeof ROWS;

/** The data of each kind of job. */
export type JobData = { readonly [N in JobName]: InferType<(typeof ROWS)[N]["data"]> };

/** Every kind of job. `worker/jobs.ts` has a handler for each. */
export const JOBS: { readonly [N in JobName]: JobKind<JobData[N]> } = ROWS;

export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];

/** The longest that one try of any job may take, in milliseconds. */
export const LONGEST_JOB_MS = Math.max(...JOB_NAMES.map((name) => JOBS[name].timeLimitMs));

export type JobOf<N extends JobName = JobName> = {
  [K in N]: { readonly name: K; readonly data: JobData[K] };
}[N];

export const isJobName = (name: string): name is JobName => Object.hasOwn(JOBS, name);

/** A job's id: BullMQ ignores a job whose id it still holds, so adding one twice is harmless. */
export const jobId = <N extends JobName>({ name, data }: JobOf<N>): string =>
  `${name}-${JOBS[name].key(data)}`;

/** A job as the queue gives it, before it is validated. */
export interface ReceivedJob {
  readonly name: string;
  readonly data: unknown;
}

/** A job has no kind, or its data is not what its kind promises. Trying again would not help. */
export class InvalidJobError extends Error {}

/** @throws {@link InvalidJobError} */
export async function checkJob({ name, data }: ReceivedJob): Promise<JobOf> {
  if (!isJobName(name)) throw new InvalidJobError(`There is no job ${name}`);
  try {
    await JOBS[name].data.strict().noUnknown().required().validate(data);
    return { name, data } as JobOf;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new InvalidJobError(error.message, { cause: error });
  }
}

import { number, object, type ObjectSchema, string, ValidationError } from "yup";
import type { JobServices } from "../common/job-services.js";
import { isId } from "../common/platform/ids.js";
import type { JobCatalogue, JobName } from "../common/queue/catalogue.js";

/** Checks the data of one kind of job and does it. Every handler may run twice for the same data. */
type JobHandler = (data: unknown, signal: AbortSignal) => Promise<void>;

export type JobHandlers = Readonly<Record<JobName, JobHandler>>;

/** The data of a job is not what its kind promises; trying again would not help. */
export class InvalidJobError extends Error {}

const id = () =>
  string()
    .required()
    .test("id", "${path} is not an id", (text) => isId(text));

/** The table of all jobs: one that is missing here does not compile. */
export function createJobHandlers({ inspection, settlement, purge }: JobServices): JobHandlers {
  return {
    "file.inspect": handler<"file.inspect">(
      object({ ownerId: id(), versionId: id(), generation: number().required().integer().min(0) }),
      ({ ownerId, versionId }, signal) => inspection.run(ownerId, versionId, signal),
    ),
    "quota.settle": handler<"quota.settle">(object({ ownerId: id(), uploadId: id() }), (key) =>
      settlement.run(key),
    ),
    "file.purge": handler<"file.purge">(object({ ownerId: id(), fileId: id() }), (target, signal) =>
      purge.run(target, signal),
    ),
  };
}

/** A job as it came out of the queue: nothing about it is known. */
export interface ReceivedJob {
  readonly name: string;
  readonly data: unknown;
}

/**
 * Does one job.
 *
 * @throws {@link InvalidJobError} when there is no such kind of job, or its data is not what the kind promises.
 */
export async function runJob(
  handlers: JobHandlers,
  { name, data }: ReceivedJob,
  signal: AbortSignal,
): Promise<void> {
  if (!isJobName(handlers, name)) throw new InvalidJobError(`There is no job ${name}`);
  await handlers[name](data, signal);
}

function handler<N extends JobName>(
  schema: ObjectSchema<JobCatalogue[N]>,
  run: (data: JobCatalogue[N], signal: AbortSignal) => Promise<void>,
): JobHandler {
  const strictSchema = schema.strict().noUnknown().required();
  return async (data, signal) => {
    let checked: JobCatalogue[N];
    try {
      checked = (await strictSchema.validate(data)) as JobCatalogue[N];
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      throw new InvalidJobError(error.message, { cause: error });
    }
    await run(checked, signal);
  };
}

const isJobName = (handlers: JobHandlers, name: string): name is JobName =>
  Object.hasOwn(handlers, name);

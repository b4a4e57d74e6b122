import type { Id } from "../platform/ids.js";
import type { JobOf } from "./catalogue.js";

/** A job after its last try. */
export interface FailedJob {
  readonly id: Id;
  /** What was to be done. Its data has ids only. */
  readonly job: JobOf;
  /** How often it was tried, all rounds together. */
  readonly attempts: number;
  /** The code of the last error, or its class. Its message may name files, and stands in the worker's log alone. */
  readonly errorCode: string;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
}

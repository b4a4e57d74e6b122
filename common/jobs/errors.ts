import { AppError, UnavailableError } from "../platform/errors.js";
import { EncryptionKeyError } from "../storage/errors.js";
import type { JobProblem } from "./job.js";

/** The account has as many unfinished jobs as are allowed. */
export class TooManyJobsError extends AppError {
  readonly code = "too-many-jobs";
  constructor(limit: number) {
    super(`At most ${limit} jobs can wait or run at once; cancel one, or wait until one is done`, {
      limit,
    });
  }
}

/** The API key or token that made a job has ended since. */
export class JobCredentialEndedError extends AppError {
  readonly code = "unauthenticated";
  constructor() {
    super("The credential that made the job was revoked, has expired or was changed");
  }
}

/** Each time that a worker went on with the job, it died or failed. */
export class JobStuckError extends AppError {
  readonly code = "internal-error";
  constructor() {
    super("The server could not continue the job; the operator finds the reason in its log");
  }
}

/** What an error says to those who look at a job; `undefined` for one that trying again may mend. */
export function problemOf(error: unknown): JobProblem | undefined {
  const isRefusal =
    error instanceof AppError &&
    !(error instanceof UnavailableError) &&
    !(error instanceof EncryptionKeyError);
  return isRefusal ? { code: error.code, detail: error.message } : undefined;
}

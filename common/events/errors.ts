import { AppError } from "../platform/errors.js";

/** An account follows its events in too many places. */
export class TooManyEventStreamsError extends AppError {
  readonly code = "too-many-event-streams";
  constructor(limit: number) {
    super(`The account has ${limit} streams of events open already`, { limit });
  }
}

/**
 * Events behind `since` were removed, or no event has this number: the server was restored from a backup. A client reads everything again, and
 * continues from a new `nextSince`.
 */
export class ChangesExpiredError extends AppError {
  readonly code = "changes-expired";
  constructor(since: number) {
    super(
      "The log does not continue at this number; read everything again, and begin without since",
      {
        since,
      },
    );
  }
}

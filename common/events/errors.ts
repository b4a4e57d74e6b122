import { AppError, InvalidRequestError } from "../platform/errors.js";

/** Events behind `since` were removed. A client walks the tree again, and goes on from a new `nextSince`. */
export class ChangesExpiredError extends AppError {
  readonly code = "changes-expired";
  constructor(since: number) {
    super(
      "Events behind this number were removed; read everything again, and begin without since",
      {
        since,
      },
    );
  }
}

/** The number is none that was ever given out. */
export class UnknownSeqError extends InvalidRequestError {
  constructor(since: number, lastSeq: number, field: { in: "query" | "header"; pointer: string }) {
    const detail = `${field.pointer} must be at most ${lastSeq}, the number of the newest event, not ${since}`;
    super([{ ...field, detail }]);
  }
}

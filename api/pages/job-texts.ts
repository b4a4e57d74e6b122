import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of jobs. */
export const JOB_TEXTS = {
  "too-many-jobs": {
    meaning:
      "As many jobs of the account wait or run as may do so at once; the answer says how many.",
    remedy: "Wait until one of them is done, or cancel one with DELETE /jobs/{id}.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of archives. */
export const ARCHIVE_TEXTS = {
  "archive-not-ready": {
    meaning: "The files and folders of a large archive are still being listed.",
    remedy:
      "Send the request again after the seconds in Retry-After, or ask for the metadata until the state is ready.",
  },
  "archive-too-large": {
    meaning:
      "The archive would have more files and folders than are allowed; the answer says how many are.",
    remedy: "Make several archives, of one folder each.",
  },
  "too-many-archives": {
    meaning:
      "The account has as many archives as an account may have at once; the answer says how many.",
    remedy: "Delete an archive that nobody downloads any more, or wait until one expires.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

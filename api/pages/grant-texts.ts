import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of upload grants. */
export const GRANT_TEXTS = {
  "grant-used-up": {
    meaning:
      "The upload grant takes no more files, or not so many bytes. What is being uploaded by others counts; what fails is given back.",
    remedy:
      "Send a smaller file, or try again when other uploads are over, or ask the person who gave you the grant for a new one.",
  },
  "name-not-allowed": {
    meaning: "The upload grant takes only files with certain names; the answer says which.",
    remedy: "Give the file a name that matches, such as one with another ending.",
  },
  "type-not-allowed": {
    meaning:
      "Content of this type is not stored here, or the upload grant takes only other types. What counts is what the content was found to be, not its name or what the client says.",
    remedy: "Send content of another type; the answer names those that an upload grant takes.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

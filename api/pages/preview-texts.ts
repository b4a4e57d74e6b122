import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of what is made of contents: previews, and words to search by. */
export const PREVIEW_TEXTS = {
  "content-search-off": {
    meaning:
      "Files were to be found by words of their content (`content`), and this server does not store these words.",
    remedy:
      "Search by name, type, tag or date. The operator of the server can switch it on with CONTENT_SEARCH.",
  },
  "preview-missing": {
    meaning:
      "There is no small picture of this file. `reason` says why: it is of a kind of which none is made, too large, or damaged. Where `reason` is null it is being made.",
    remedy:
      "Wait as many seconds as Retry-After says, where the answer has it, and send the request again. Otherwise show the file by its name.",
  },
  "not-text": {
    meaning: "The beginning of text was asked for, and the content of the file is not text.",
    remedy: "Download the file, and open it with a program that knows its type.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

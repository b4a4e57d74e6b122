import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of previews. */
export const PREVIEW_TEXTS = {
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

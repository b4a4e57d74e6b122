import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** What the problems mean that readers of the log of events meet. */
export const EVENT_TEXTS = {
  "changes-expired": {
    meaning:
      "The log does not continue at this number. Events are kept for a while only, and a restored backup may have fewer.",
    remedy: "Ask for changes without since, read all folders again, and go on from nextSince.",
  },
  "too-many-event-streams": {
    meaning: "The account has as many streams of events open as an account may have.",
    remedy: "Close streams that you do not need, or share one among the pages of a browser.",
  },
  "restricted-credential": {
    meaning: "The credential may not leave a folder, and this is about the whole account.",
    remedy: "Use a credential that is not restricted to a folder.",
  },
} satisfies Partial<Record<ErrorCode, ProblemText>>;

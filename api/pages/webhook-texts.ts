import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** What the problems mean that owners of webhooks meet. */
export const WEBHOOK_TEXTS = {
  "too-many-webhooks": {
    meaning: "There are as many webhooks as there may be; the answer says how many.",
    remedy: "Delete a webhook that nobody needs.",
  },
  "url-not-allowed": {
    meaning: "The URL names a private, local or reserved address. The server sends nothing there.",
    remedy: "Use a URL that can be reached from the internet, or ask the operator.",
  },
  "webhook-disabled": {
    meaning: "The webhook is switched off, so nothing is sent to it.",
    remedy: "Switch it on, and try again.",
  },
} satisfies Partial<Record<ErrorCode, ProblemText>>;

import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of webhooks. */
export const WEBHOOK_TEXTS = {
  "too-many-webhooks": {
    meaning: "There are as many webhooks as there may be; the answer says how many.",
    remedy:
      "Remove a webhook that is no longer needed. One webhook can send several types of events.",
  },
  "url-not-allowed": {
    meaning:
      "The URL has an address inside the network of the server: a private, local or reserved one. Events are not sent there.",
    remedy:
      "Use a URL with a public address. If the receiver is inside on purpose, the operator can set WEBHOOK_ALLOW_PRIVATE.",
  },
  "webhook-disabled": {
    meaning:
      "The webhook is switched off, so nothing is sent. disabledReason says whether Stowage has done that.",
    remedy: "Switch it on with PATCH and isEnabled, and send the request again.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

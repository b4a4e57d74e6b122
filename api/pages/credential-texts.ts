import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of API keys and tokens, and of what they may be used for. */
export const CREDENTIAL_TEXTS = {
  "credential-not-accepted": {
    meaning:
      "The credential is valid, but this cannot be done with its kind. An API key cannot change how its owner signs in.",
    remedy: "Use a credential of a kind that the answer names in accepted.",
  },
  "insufficient-scope": {
    meaning: "The credential is valid, but it does not allow this.",
    remedy: "Use a credential that has the scope that the answer names in scope.",
  },
  "invalid-token": {
    meaning: "The access token or API key is malformed, unknown, expired or revoked.",
    remedy:
      "Get a new access token, or use another API key. Cookies are ignored while a request has a token.",
  },
  "too-many-api-keys": {
    meaning: "The account has as many API keys as an account may have; the answer says how many.",
    remedy: "Revoke a key that nobody uses: the list says when each was used last.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

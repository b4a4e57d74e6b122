import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of second factors and of asking once more who somebody is. */
export const SECOND_FACTOR_TEXTS = {
  "invalid-code": {
    meaning:
      "The password is right, and the code of the second factor is wrong, too old, or was used before.",
    remedy:
      "Send the next code that your authenticator app shows, or a recovery code that you have not used.",
  },
  "invalid-passkey": {
    meaning: "The passkey is unknown, or its answer is to no valid challenge of this server.",
    remedy: "Ask for a new challenge, and let the passkey answer that within five minutes.",
  },
  "passkeys-off": {
    meaning: "Browsers keep passkeys for host names, and this server is used by its address.",
    remedy: "Use the server by its host name. The operator sets PUBLIC_URL or WEBAUTHN_RP_ID.",
  },
  "reauthentication-failed": {
    meaning: "The change needs proof that it is really you, and the proof is wrong.",
    remedy:
      "Send the same request with the right password, and with a new code where your account has a second factor.",
  },
  "reauthentication-required": {
    meaning: "The change also needs the second factor of your account.",
    remedy:
      "Send the same request with a code, or with the answer of a passkey. methods says what your account has.",
  },
  "second-factor-required": {
    meaning: "The password is right, and the account also asks for its second factor.",
    remedy:
      "Send the same request with a code, or with the answer of a passkey. methods says what the account has.",
  },
  "too-many-passkeys": {
    meaning: "The account has as many passkeys as it may have.",
    remedy: "Remove one that you no longer use.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

import type { ConfigOf } from "../platform/config.js";
import { seconds, secrets, topic } from "../platform/setting.js";

/** How sessions are signed, and how long they last. */
export const sessionSettings = topic("Sessions", {
  sessionSecrets: secrets(
    "SESSION_SECRETS",
    "The secrets of the session cookie, separated by commas. The first signs; all verify.",
  ),
  sessionMaxAgeMs: seconds(
    "SESSION_MAX_AGE_SECONDS",
    "How long an unused session lasts, in seconds.",
    {
      default: 1_209_600,
      min: 2,
    },
  ),
});

export type SessionSettings = ConfigOf<typeof sessionSettings>;

import type { ConfigOf } from "../platform/config.js";
import { optionalSecrets, seconds, secrets, topic } from "../platform/setting.js";

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
  sessionLifetimeMs: seconds(
    "SESSION_LIFETIME_SECONDS",
    "How long a session lasts at most, however much it is used, in seconds.",
    { default: 7_776_000, min: 2 },
  ),
});

/** How access and refresh tokens are signed, and how long they last. */
export const tokenSettings = topic("Tokens", {
  tokenSecrets: optionalSecrets(
    "TOKEN_SECRETS",
    "The secrets that keys of access and refresh tokens are derived from, separated by commas. The first signs; all verify. Empty: SESSION_SECRETS.",
  ),
  accessTokenLifetimeMs: seconds(
    "ACCESS_TOKEN_LIFETIME_SECONDS",
    "How long an access token is valid, in seconds.",
    { default: 900, min: 1, max: 86_400 },
  ),
  refreshTokenMaxAgeMs: seconds(
    "REFRESH_TOKEN_MAX_AGE_SECONDS",
    "How long a refresh token lasts that is not used, in seconds.",
    { default: 2_592_000, min: 2 },
  ),
  refreshTokenLifetimeMs: seconds(
    "REFRESH_TOKEN_LIFETIME_SECONDS",
    "How long one may go on refreshing before signing in again, in seconds.",
    { default: 31_536_000, min: 2 },
  ),
});

export type TokenSettings = ConfigOf<typeof tokenSettings>;
export type SessionSettings = ConfigOf<typeof sessionSettings>;

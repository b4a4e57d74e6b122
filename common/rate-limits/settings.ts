import type { ConfigOf } from "../platform/config.js";
import { limitOrOff, topic } from "../platform/setting.js";

const each = (what: string, whose: string) =>
  `How many ${what} ${whose} may send in a minute, or \`off\`.`;

const ADDRESS = "one address (IPv6: one /64 network)";
const CREDENTIAL = "one session, token or API key";
const ACCOUNT = "one account";

/** How many requests clients may send. */
export const rateLimitSettings = topic("Rate limits", {
  rateLimitPerAddress: limitOrOff("RATE_LIMIT_PER_ADDRESS", each("requests", ADDRESS), 30_000),
  rateLimitPerCredential: limitOrOff(
    "RATE_LIMIT_PER_CREDENTIAL",
    each("requests", CREDENTIAL),
    12_000,
  ),
  rateLimitPerAccount: limitOrOff("RATE_LIMIT_PER_ACCOUNT", each("requests", ACCOUNT), 24_000),
  rateLimitSignInsPerAddress: limitOrOff(
    "RATE_LIMIT_SIGN_INS_PER_ADDRESS",
    each("sign-ins, registrations, token refreshes and password resets", ADDRESS),
    600,
  ),
  rateLimitUploadsPerAddress: limitOrOff(
    "RATE_LIMIT_UPLOADS_PER_ADDRESS",
    each("new uploads", ADDRESS),
    12_000,
  ),
  rateLimitUploadsPerCredential: limitOrOff(
    "RATE_LIMIT_UPLOADS_PER_CREDENTIAL",
    each("new uploads", CREDENTIAL),
    6000,
  ),
  rateLimitUploadsPerAccount: limitOrOff(
    "RATE_LIMIT_UPLOADS_PER_ACCOUNT",
    each("new uploads", ACCOUNT),
    9000,
  ),
  rateLimitSearchesPerAddress: limitOrOff(
    "RATE_LIMIT_SEARCHES_PER_ADDRESS",
    each("lists and searches", ADDRESS),
    12_000,
  ),
  rateLimitSearchesPerCredential: limitOrOff(
    "RATE_LIMIT_SEARCHES_PER_CREDENTIAL",
    each("lists and searches", CREDENTIAL),
    3000,
  ),
  rateLimitSearchesPerAccount: limitOrOff(
    "RATE_LIMIT_SEARCHES_PER_ACCOUNT",
    each("lists and searches", ACCOUNT),
    6000,
  ),
});

export type RateLimitSettings = ConfigOf<typeof rateLimitSettings>;

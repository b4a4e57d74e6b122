import type { ConfigOf } from "../platform/config.js";
import {
  bytesOrUnlimited,
  days,
  limitOrOff,
  seconds,
  topic,
  wholeNumber,
} from "../platform/setting.js";

const GIB = 1024 ** 3;

/** What new accounts get, and what a password costs. */
export const accountSettings = topic("Accounts", {
  defaultQuotaBytes: bytesOrUnlimited(
    "DEFAULT_QUOTA_BYTES",
    "What a new account may store, in bytes, or `unlimited`.",
    { default: 10 * GIB, min: 0 },
  ),
  maxConcurrentPasswordHashes: wholeNumber(
    "MAX_CONCURRENT_PASSWORD_HASHES",
    "How many passwords are hashed or verified at once.",
    { default: 2, min: 1, max: 1024 },
  ),
  passwordHashWaitMs: wholeNumber(
    "PASSWORD_HASH_WAIT_MS",
    "How long a sign-in or registration waits for its turn, in milliseconds; then it is answered 503. At most 256 wait.",
    { default: 3000, min: 0, max: 60_000 },
  ),
  passwordHashMemoryKib: wholeNumber("PASSWORD_HASH_MEMORY_KIB", "argon2id memory, in KiB.", {
    default: 19_456,
    min: 8,
    max: 4_194_304,
  }),
  accountDeletionGraceMs: days(
    "ACCOUNT_DELETION_GRACE_DAYS",
    "How long a deleted account can be restored, in days; 0: it is removed at once.",
    { default: 14, min: 0, max: 3650 },
  ),
  passwordHashIterations: wholeNumber("PASSWORD_HASH_ITERATIONS", "argon2id passes.", {
    default: 2,
    min: 2,
    max: 1000,
  }),
  freeSignInFailures: limitOrOff(
    "FREE_SIGN_IN_FAILURES",
    "How many wrong passwords of one account cost nothing at one address; then each is followed by a longer delay. `off`: any number.",
    10,
  ),
  freeSignInFailuresPerAccount: limitOrOff(
    "FREE_SIGN_IN_FAILURES_PER_ACCOUNT",
    "How many cost nothing for one account, in a day, at all addresses together. Networks that it signed in from are not delayed.",
    100,
  ),
  freeSignInFailuresPerAddress: limitOrOff(
    "FREE_SIGN_IN_FAILURES_PER_ADDRESS",
    "How many cost nothing at one address, in an hour, for all accounts together. Accounts that signed in from its network are not delayed.",
    100,
  ),
  longestSignInDelayMs: seconds(
    "LONGEST_SIGN_IN_DELAY_SECONDS",
    "The longest delay after a wrong password, in seconds.",
    { default: 900, min: 1, max: 86_400 },
  ),
});

export type AccountSettings = ConfigOf<typeof accountSettings>;

import type { ConfigOf } from "../platform/config.js";
import { bytesOrUnlimited, topic, wholeNumber } from "../platform/setting.js";

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
    "How many passwords are hashed or verified at once; more are answered 503.",
    { default: 2, min: 1, max: 1024 },
  ),
  passwordHashMemoryKib: wholeNumber("PASSWORD_HASH_MEMORY_KIB", "argon2id memory, in KiB.", {
    default: 19_456,
    min: 8,
    max: 4_194_304,
  }),
  passwordHashIterations: wholeNumber("PASSWORD_HASH_ITERATIONS", "argon2id passes.", {
    default: 2,
    min: 2,
    max: 1000,
  }),
});

export type AccountSettings = ConfigOf<typeof accountSettings>;

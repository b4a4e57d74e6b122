import type { ConfigOf } from "./config.js";
import { oneOf, seconds, text, topic, wholeNumber } from "./setting.js";

/** What every process reads about itself. */
export const processSettings = topic("Process", {
  logLevel: oneOf("LOG_LEVEL", "The least severe entry that is logged.", [
    "info",
    "silent",
    "fatal",
    "error",
    "warn",
    "debug",
    "trace",
  ]),
  shutdownGraceMs: seconds(
    "SHUTDOWN_GRACE_SECONDS",
    "How long running work may go on after SIGTERM, in seconds.",
    { default: 25, min: 0 },
  ),
});

/** Where MongoDB and Redis are. */
export const storeSettings = topic("Stores", {
  mongodbUrl: text(
    "MONGODB_URL",
    "Where MongoDB is; the path names the database (default `stowage`).",
    {
      pattern: /^mongodb(\+srv)?:\/\/\S+$/,
      form: "a mongodb:// or mongodb+srv:// URL",
      default: "",
      isSecret: true,
    },
  ),
  redisUrl: text("REDIS_URL", "Where Redis is; rediss:// for TLS.", {
    pattern: /^rediss?:\/\/\S+$/,
    form: "a redis:// or rediss:// URL",
    default: "",
    isSecret: true,
  }),
  redisPrefix: text("REDIS_PREFIX", "The prefix of all keys in Redis.", {
    pattern: /^[A-Za-z0-9_-]{1,64}$/,
    form: "1 to 64 of A-Z a-z 0-9 _ -",
    default: "stowage",
  }),
  dependencyTimeoutMs: wholeNumber(
    "DEPENDENCY_TIMEOUT_MS",
    "How long MongoDB or Redis may be silent before a request is answered 503, in milliseconds.",
    { default: 10_000, min: 50, max: 600_000 },
  ),
});

export type StoreSettings = ConfigOf<typeof storeSettings>;

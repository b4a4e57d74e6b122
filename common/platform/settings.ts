import type { ConfigOf } from "./config.js";
import { oneOf, optionalOrigin, seconds, text, topic, wholeNumber } from "./setting.js";
import { type StoreTls, tlsCa, tlsVerify } from "./store-tls.js";

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

/** Where clients find this server. */
export const siteSettings = topic("HTTP", {
  publicUrl: optionalOrigin(
    "PUBLIC_URL",
    "Where clients reach the web process, such as https://files.example.com. Empty: where the request says. With https, cookies are Secure, and browsers are told to use TLS alone for a year. Links in mails begin with it.",
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
  mongodbTlsCa: tlsCa("MONGODB_TLS_CA", "MongoDB"),
  mongodbTlsVerify: tlsVerify("MONGODB_TLS_VERIFY", "MongoDB"),
  redisUrl: text("REDIS_URL", "Where Redis is; rediss:// for TLS.", {
    pattern: /^rediss?:\/\/\S+$/,
    form: "a redis:// or rediss:// URL",
    default: "",
    isSecret: true,
  }),
  redisTlsCa: tlsCa("REDIS_TLS_CA", "Redis"),
  redisTlsVerify: tlsVerify("REDIS_TLS_VERIFY", "Redis"),
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

/** What a command needs that uses MongoDB alone. */
export const mongoSettings = {
  mongodbUrl: storeSettings.mongodbUrl,
  mongodbTlsCa: storeSettings.mongodbTlsCa,
  mongodbTlsVerify: storeSettings.mongodbTlsVerify,
  dependencyTimeoutMs: storeSettings.dependencyTimeoutMs,
};

/** Where MongoDB is, and how its certificate is verified. */
export function mongoAddress(
  settings: Pick<StoreSettings, "mongodbUrl" | "mongodbTlsCa" | "mongodbTlsVerify">,
): { readonly url: string; readonly tls: StoreTls } {
  const { mongodbUrl: url, mongodbTlsCa: ca, mongodbTlsVerify: isVerified } = settings;
  return { url, tls: { ca, isVerified } };
}

/** The same of Redis. */
export function redisAddress(
  settings: Pick<StoreSettings, "redisUrl" | "redisTlsCa" | "redisTlsVerify">,
): { readonly url: string; readonly tls: StoreTls } {
  const { redisUrl: url, redisTlsCa: ca, redisTlsVerify: isVerified } = settings;
  return { url, tls: { ca, isVerified } };
}

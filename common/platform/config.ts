import {
  bytesOrUnlimited,
  encryptionKeys,
  oneOf,
  optionalToken,
  secrets,
  seconds,
  type Setting,
  SettingError,
  text,
  wholeNumber,
} from "./setting.js";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What every process reads. */
export const commonSettings = {
  logLevel: oneOf("LOG_LEVEL", "The least severe entry that is logged.", [
    "info",
    "silent",
    "fatal",
    "error",
    "warn",
    "debug",
    "trace",
  ]),
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
  redisPrefix: text("REDIS_PREFIX", "What the names of all keys in Redis begin with.", {
    pattern: /^[A-Za-z0-9_-]{1,64}$/,
    form: "1 to 64 of A-Z a-z 0-9 _ -",
    default: "stowage",
  }),
  encryptionKeys: encryptionKeys(
    "ENCRYPTION_KEYS",
    "Encrypt what is stored: id:key, each key 32 bytes in base64; the first is used for new content, all decrypt; empty for no encryption (see docs/encryption.md).",
  ),
  dependencyTimeoutMs: wholeNumber(
    "DEPENDENCY_TIMEOUT_MS",
    "How long MongoDB or Redis may be silent before a request is answered 503, in milliseconds.",
    { default: 10_000, min: 50, max: 600_000 },
  ),
  shutdownGraceMs: seconds(
    "SHUTDOWN_GRACE_SECONDS",
    "How long running work may go on after SIGTERM, in seconds.",
    { default: 25, min: 0 },
  ),
  uploadLeaseMs: seconds(
    "UPLOAD_LEASE_SECONDS",
    "How long an upload whose web process died is kept before the sweep removes it, in seconds.",
    { default: 300, min: 1 },
  ),
  resumableUploadExpiryMs: seconds(
    "RESUMABLE_UPLOAD_EXPIRY_SECONDS",
    "How long a resumable upload is kept after its last byte, in seconds.",
    { default: 86_400, min: 1 },
  ),
};

/** What the web process reads beside {@link commonSettings}. */
export const webSettings = {
  ...commonSettings,
  port: wholeNumber("PORT", "The port to listen on; 0 takes a free one.", {
    default: 3000,
    min: 0,
    max: 65_535,
  }),
  host: text("HOST", "The address to listen on; 0.0.0.0 for every one.", {
    pattern: /^\S+$/,
    form: "an address or a host name",
    default: "127.0.0.1",
  }),
  sessionSecrets: secrets(
    "SESSION_SECRETS",
    "Sign the session cookie; the first signs, all verify.",
  ),
  sessionMaxAgeMs: seconds(
    "SESSION_MAX_AGE_SECONDS",
    "How long an unused session lasts, in seconds.",
    {
      default: 1_209_600,
      min: 2,
    },
  ),
  trustProxyHops: wholeNumber(
    "TRUST_PROXY_HOPS",
    "How many proxies stand before the web process; 0 believes no X-Forwarded header.",
    { default: 0, min: 0, max: 16 },
  ),
  maxFileBytes: wholeNumber("MAX_FILE_BYTES", "The largest file, in bytes.", {
    default: 16 * GIB,
    min: 0,
  }),
  maxFilesPerUpload: wholeNumber(
    "MAX_FILES_PER_UPLOAD",
    "The most files in one multipart request.",
    {
      default: 100,
      min: 1,
      max: 10_000,
    },
  ),
  maxFieldBytes: wholeNumber("MAX_FIELD_BYTES", "The largest form field and JSON body, in bytes.", {
    default: 64 * 1024,
    min: 1024,
    max: 16 * MIB,
  }),
  defaultQuotaBytes: bytesOrUnlimited(
    "DEFAULT_QUOTA_BYTES",
    "What a new account may store, in bytes, or `unlimited`.",
    { default: 10 * GIB, min: 0 },
  ),
  uploadIdleTimeoutMs: seconds(
    "UPLOAD_IDLE_TIMEOUT_SECONDS",
    "How long a client may send nothing in the middle of a body, in seconds.",
    { default: 60, min: 1 },
  ),
  minUploadBytesPerSecond: wholeNumber(
    "MIN_UPLOAD_BYTES_PER_SECOND",
    "The slowest that a client may send a body over any idle timeout's length; 0 for no limit.",
    { default: 256, min: 0 },
  ),
  idempotencyKeyTtlMs: seconds(
    "IDEMPOTENCY_KEY_TTL_SECONDS",
    "How long the answer to an upload with an Idempotency-Key is kept, in seconds.",
    { default: 86_400, min: 1 },
  ),
  metricsToken: optionalToken(
    "METRICS_TOKEN",
    "What Prometheus has to send as a bearer token to read /metrics; empty for no such path.",
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
};

/** What the worker process reads beside {@link commonSettings}. */
export const workerSettings = {
  ...commonSettings,
  workerConcurrency: wholeNumber(
    "WORKER_CONCURRENCY",
    "How many jobs run at once in this process.",
    {
      default: 4,
      min: 1,
      max: 256,
    },
  ),
  jobLockMs: seconds(
    "JOB_LOCK_SECONDS",
    "How long a job stays with a worker that is silent before another takes it, in seconds.",
    { default: 30, min: 1, max: 3600 },
  ),
  sweepIntervalMs: seconds("SWEEP_INTERVAL_SECONDS", "How often the sweep runs, in seconds.", {
    default: 60,
    min: 1,
  }),
  reconcileIntervalMs: seconds(
    "RECONCILE_INTERVAL_SECONDS",
    "How often usage is recomputed from what is stored, in seconds; 0 with every sweep.",
    { default: 3600, min: 0 },
  ),
  orphanGraceMs: seconds(
    "ORPHAN_GRACE_SECONDS",
    "How long chunks without a file stay before the sweep removes them, in seconds.",
    { default: 3600, min: 0 },
  ),
  scrubBytesPerSecond: wholeNumber(
    "SCRUB_BYTES_PER_SECOND",
    "How fast the scrub reads all content again to find damage, in bytes per second; 0 for not at all.",
    { default: 4 * MIB, min: 0 },
  ),
  scrubIntervalDays: wholeNumber(
    "SCRUB_INTERVAL_DAYS",
    "The shortest time from one reading of all content to the next, in days.",
    { default: 30, min: 0, max: 3650 },
  ),
};

type Settings = Readonly<Record<string, Setting<unknown>>>;
type ConfigOf<S extends Settings> = { readonly [K in keyof S]: ReturnType<S[K]["read"]> };

export type CommonConfig = ConfigOf<typeof commonSettings>;
export type WebConfig = ConfigOf<typeof webSettings>;
export type WorkerConfig = ConfigOf<typeof workerSettings>;

/** The environment does not describe a working process. `message` has one line per fault and no secret. */
export class ConfigError extends Error {}

/**
 * Reads a process's whole configuration, once, at its start.
 *
 * @throws {@link ConfigError} that lists every fault at once.
 */
export function loadConfig<S extends Settings>(
  settings: S,
  env: Readonly<Record<string, string | undefined>>,
): ConfigOf<S> {
  const faults: string[] = [];
  const config: Partial<Record<keyof S, unknown>> = {};
  for (const key of Object.keys(settings) as (keyof S)[]) {
    try {
      config[key] = settings[key]?.read(env);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
  return config as ConfigOf<S>;
}

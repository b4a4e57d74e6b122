import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Redis } from "../platform/redis.js";
import { type RouteClass, type Subject, WINDOW_SECONDS } from "./policy.js";
import { type Counters, RateLimits } from "./service.js";
import type { RateLimitSettings } from "./settings.js";
import { type SharedCounts, WindowCounter } from "./window-counter.js";

interface Options {
  readonly redis: Redis;
  /** The prefix of all keys. */
  readonly prefix: string;
  readonly settings: RateLimitSettings;
}

type Limits = Readonly<Record<Subject, number | null>>;

/** Opens the rate limits. */
export function openRateLimits({ redis, prefix, settings }: Options): RateLimits {
  const shared = countInRedis(redis, `${prefix}:rate-limit`);
  const clock = () => performance.now();
  const counters = (routeClass: RouteClass, limits: Limits): Counters => {
    const counter = (subject: Subject, limit: number | null) =>
      limit === null
        ? []
        : [
            new WindowCounter({
              policy: { name: `${routeClass}-${subject}`, limit },
              shared,
              clock,
            }),
          ];
    return {
      address: counter("address", limits.address),
      credential: counter("credential", limits.credential),
      account: counter("account", limits.account),
    };
  };
  const { everything, ...others } = limitsIn(settings);
  const always = counters("everything", everything);
  const withAlways = (routeClass: Exclude<RouteClass, "everything">): Counters => {
    const { address, credential, account } = counters(routeClass, others[routeClass]);
    return {
      address: [...address, ...always.address],
      credential: [...credential, ...always.credential],
      account: [...account, ...always.account],
    };
  };
  return new RateLimits({
    counters: {
      everything: always,
      "sign-in": withAlways("sign-in"),
      upload: withAlways("upload"),
      search: withAlways("search"),
    },
    clock,
  });
}

const limitsIn = (settings: RateLimitSettings): Readonly<Record<RouteClass, Limits>> => ({
  everything: {
    address: settings.rateLimitPerAddress,
    credential: settings.rateLimitPerCredential,
    account: settings.rateLimitPerAccount,
  },
  // A sign-in has no credential yet.
  "sign-in": { address: settings.rateLimitSignInsPerAddress, credential: null, account: null },
  upload: {
    address: settings.rateLimitUploadsPerAddress,
    credential: settings.rateLimitUploadsPerCredential,
    account: settings.rateLimitUploadsPerAccount,
  },
  search: {
    address: settings.rateLimitSearchesPerAddress,
    credential: settings.rateLimitSearchesPerCredential,
    account: settings.rateLimitSearchesPerAccount,
  },
});

/** No request waits for this. What is asked while Redis is not connected fails at once. */
function countInRedis(redis: Redis, keyPrefix: string): SharedCounts {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix,
    // What is allowed is decided by the counters.
    points: Number.MAX_SAFE_INTEGER,
    duration: WINDOW_SECONDS,
    rejectIfRedisNotReady: true,
  });
  return {
    async add(key, requests) {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, requests);
      return { total: consumedPoints, endsInMs: msBeforeNext };
    },
  };
}

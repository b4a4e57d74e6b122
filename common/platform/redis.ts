import { Redis } from "ioredis";
import { UnavailableError } from "./errors.js";
import type { Logger } from "./log.js";

export type { Redis } from "ioredis";

/** How long a connection that is being closed may take to say so, in milliseconds. */
const QUIT_TIMEOUT_MS = 1000;

/** How long Redis may keep its side of a closed connection open, in milliseconds. */
const DISCONNECT_TIMEOUT_MS = 100;

interface Options {
  readonly url: string;
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * A connection for short commands. It reconnects by itself; a command that is not answered within `timeoutMs`, or that finds
 * Redis away, fails instead of waiting.
 */
export function openRedis({ url, timeoutMs, log }: Options): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
  });
  return logChanges(redis, log);
}

/** A connection for a BullMQ worker, whose commands block and wait for Redis to come back. */
export function openBlockingRedis({ url, timeoutMs, log }: Options): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    connectTimeout: timeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
  });
  return logChanges(redis, log);
}

/** Ends a connection whether or not Redis answers. */
export async function closeRedis(redis: Redis): Promise<void> {
  const limit = setTimeout(() => {
    redis.disconnect();
  }, QUIT_TIMEOUT_MS);
  if (redis.status === "ready") await redis.quit().catch(() => undefined);
  clearTimeout(limit);
  redis.disconnect();
}

/**
 * The answer to one short command.
 *
 * @throws {@link UnavailableError} when Redis does not answer.
 */
export async function answerOf<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw new UnavailableError("Redis", { cause: error });
  }
}

function logChanges(redis: Redis, log: Logger): Redis {
  let isAway = false;
  redis.on("error", (error: Error) => {
    if (!isAway) log.warn({ err: error }, "Redis is away");
    isAway = true;
  });
  redis.on("ready", () => {
    if (isAway) log.info("Redis is back");
    isAway = false;
  });
  return redis;
}

/** Redis would throw away jobs or sessions when its memory is full, instead of refusing to take more. */
export class EvictionError extends Error {
  constructor(policy: string) {
    super(
      `Redis evicts keys when its memory is full (maxmemory-policy ${policy}); set maxmemory-policy to noeviction`,
    );
  }
}

/**
 * Waits for Redis and checks that it never drops what it was given.
 *
 * @throws {@link EvictionError}
 */
export async function refuseEviction(redis: Redis): Promise<void> {
  const memory = await redis.info("memory");
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? "noeviction";
  if (policy !== "noeviction") throw new EvictionError(policy);
}

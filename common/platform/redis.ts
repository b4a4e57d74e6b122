import { Redis } from "ioredis";
import type { Logger } from "./log.js";

export type { Redis } from "ioredis";

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
    retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
  });
  return logChanges(redis, log);
}

/** A connection for a BullMQ worker, whose commands block and wait for Redis to come back. */
export function openBlockingRedis({ url, timeoutMs, log }: Options): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    connectTimeout: timeoutMs,
    retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
  });
  return logChanges(redis, log);
}

/** Ends a connection whether or not Redis answers. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === "ready") await redis.quit().catch(() => undefined);
  redis.disconnect();
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

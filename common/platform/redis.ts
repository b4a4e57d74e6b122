import { Redis, type RedisOptions } from "ioredis";
import { CircuitBreaker } from "./circuit-breaker.js";
import { UnavailableError } from "./errors.js";
import type { Logger } from "./log.js";
import { type StoreTls, tlsOptionsOf } from "./store-tls.js";

export type { Redis } from "ioredis";

/** How long a connection that is being closed may take to say so, in milliseconds. */
const QUIT_TIMEOUT_MS = 1000;

/** How long Redis may keep its side of a closed connection open, in milliseconds. */
const DISCONNECT_TIMEOUT_MS = 100;

/** A first connection that takes longer is logged, in milliseconds. */
const PATIENCE_MS = 2000;

/** How long a connection is kept at least, although its server takes no writes, in milliseconds. */
const KEPT_MS = 1000;

/**
 * What Redis says on a connection to a replica: `READONLY`, of a script also in the middle of the message (before 7.0), or `MASTERDOWN`
 * where the replica has lost its master.
 */
const IS_REPLICA = /(?:^|-)READONLY |^MASTERDOWN /;

/** How long commands wait for Redis. */
type WaitingOptions = Pick<RedisOptions, "maxRetriesPerRequest" | "commandTimeout">;

interface Options {
  readonly url: string;
  /** Counts where the URL is `rediss://`. */
  readonly tls?: StoreTls;
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * A connection for short commands. It reconnects by itself; a command that is not answered within `timeoutMs`, or that finds
 * Redis away, fails instead of waiting.
 */
export function openRedis(options: Options): Redis {
  const { timeoutMs } = options;
  const redis = connect(options, { maxRetriesPerRequest: 1, commandTimeout: timeoutMs });
  breakWhileSilent(redis, timeoutMs);
  return redis;
}

/** A connection for a BullMQ worker, whose commands block and wait for Redis to come back. */
export function openBlockingRedis(options: Options): Redis {
  return connect(options, { maxRetriesPerRequest: null });
}

/**
 * After a failover, old connections stay with a server that is a replica now. They are given up, and their commands are sent again on the
 * next connection. Where that leads to a replica too, commands fail until the next one, so that nothing connects all the time.
 */
function connect({ url, tls, timeoutMs, log }: Options, options: WaitingOptions): Redis {
  let connectedAt = 0;
  const redis = new Redis(url, {
    ...options,
    // With any value of it, ioredis uses TLS.
    ...(url.startsWith("rediss:") && tls !== undefined && { tls: tlsOptionsOf(tls) }),
    connectTimeout: timeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
    reconnectOnError({ message }) {
      const isGivenUp = IS_REPLICA.test(message) && performance.now() - connectedAt > KEPT_MS;
      return isGivenUp ? 2 : false;
    },
  });
  redis.on("ready", () => (connectedAt = performance.now()));
  return logChanges(redis, log);
}

/** Makes commands fail at once while Redis is silent, but those that find out whether it is, and those that open a connection. */
function breakWhileSilent(redis: Redis, timeoutMs: number): void {
  const breaker = new CircuitBreaker({ store: "Redis", timeoutMs, ping: () => redis.ping() });
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const isNeeded = command.name === "ping" || redis.status === "connect";
    const { refusal } = breaker;
    if (refusal === undefined || isNeeded) {
      const answer = send(command, stream);
      if (answer instanceof Promise) breaker.watch(answer).catch(() => undefined);
      return answer;
    }
    command.reject(refusal);
    return command.promise;
  };
  redis.once("end", () => {
    breaker.close();
  });
}

/** What listens to a channel. */
export interface Subscription {
  close(): void;
}

/**
 * Listens to a channel, on a connection of its own. When Redis was away, it listens again by itself; what was published meanwhile is lost.
 *
 * @param redis - A connection to the same server, which logs when that is away.
 */
export function subscribe(
  redis: Redis,
  channel: string,
  onMessage: (message: string) => void,
): Subscription {
  const connection = redis.duplicate({ autoResubscribe: false });
  connection.on("error", () => undefined);
  connection.on("ready", () => {
    // Where it fails, the connection is gone, and the next one is asked again.
    connection.subscribe(channel).catch(() => undefined);
  });
  connection.on("message", (_channel, message: string) => {
    onMessage(message);
  });
  return {
    close: () => {
      connection.disconnect();
    },
  };
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
  const { host = "", port = 0, path } = redis.options;
  const server = path ?? `${host}:${port}`;
  let isAway = false;
  const timer = setTimeout(() => {
    if (!isAway) log.warn({ server }, "Waiting for Redis");
  }, PATIENCE_MS);
  redis.on("error", (error: Error) => {
    if (!isAway) log.warn({ server, err: error }, "Redis is away");
    isAway = true;
  });
  redis.on("end", () => {
    clearTimeout(timer);
  });
  redis.on("ready", () => {
    clearTimeout(timer);
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

import type { Id } from "../platform/ids.js";
import { type Redis, type Subscription, subscribe } from "../platform/redis.js";
import type { LogListener } from "./relay.js";

interface Deps {
  readonly redis: Redis;
  /** `REDIS_PREFIX` */
  readonly prefix: string;
}

/**
 * Tells all processes whose log has grown, by a channel of Redis. Redis may lose a message, so listeners also read the log from time to time.
 */
export class Announcements {
  readonly #redis: Redis;
  readonly #channel: string;
  readonly #listeners = new Map<Id, Set<() => void>>();
  #subscription: Subscription | undefined;

  constructor({ redis, prefix }: Deps) {
    this.#redis = redis;
    this.#channel = `${prefix}:events`;
  }

  /** Does not throw, and does not wait. */
  readonly announce: LogListener = (ownerId) => {
    this.#redis.publish(this.#channel, ownerId).catch(() => undefined);
  };

  /**
   * Calls back when the log of an account has grown. The first call opens a connection, which lasts until {@link close}.
   *
   * @returns What ends it.
   */
  listen(ownerId: Id, callback: () => void): () => void {
    this.#subscription ??= subscribe(this.#redis, this.#channel, (grown) => {
      for (const each of this.#listeners.get(grown) ?? []) each();
    });
    const listeners = this.#listeners.get(ownerId) ?? new Set();
    this.#listeners.set(ownerId, listeners.add(callback));
    return () => {
      listeners.delete(callback);
      if (listeners.size === 0) this.#listeners.delete(ownerId);
    };
  }

  /** Ends the connection, if there is one. */
  close(): Promise<void> {
    this.#subscription?.close();
    return Promise.resolve();
  }
}

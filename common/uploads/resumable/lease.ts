import { setTimeout as sleep } from "node:timers/promises";
import { type Id, newId } from "../../platform/ids.js";
import { answerOf, closeRedis, type Redis } from "../../platform/redis.js";
import { ConcatenationRunningError, UploadTakenOverError } from "../errors.js";

/** How long a lease lasts after its last renewal. */
const LEASE_MS = 10_000;
/** Begins the name of a holder that lets go only by itself. */
const EXCLUSIVE = "exclusive:";
/** How long a holder may take to record what it has and let go. */
const HAND_OVER_MS = 500;
const POLL_MS = 20;

const RENEW = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("pexpire", KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;

/** One request works on an upload until another one asks for it. */
export interface Lease {
  /** Aborted when another request wants the upload: record what there is, and release. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

interface Deps {
  readonly redis: Redis;
  readonly prefix: string;
}

/**
 * Lets one request at a time work on an upload, across all web processes. The newest one wins. In Redis, the key
 * `<prefix>:upload-lease:<id>` names the holder, and the channel `<prefix>:upload-lease` asks it to let go.
 */
export class Leases {
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #channel: string;
  readonly #held = new Map<string, HeldLease>();

  constructor({ redis, prefix }: Deps) {
    this.#redis = redis;
    this.#channel = `${prefix}:upload-lease`;
    this.#subscriber = redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined });
    this.#subscriber.on("error", () => undefined); // The connection that it was made from logs the same.
    this.#subscriber.on("message", (_channel, key) => this.#held.get(key)?.ask());
    // It subscribes again by itself whenever Redis comes back.
    void this.#subscriber.subscribe(this.#channel).catch(() => undefined);
  }

  /**
   * Resolves when the holder has let go, or has not answered for half a second. That is politeness, not proof: the fencing token
   * in the ledger keeps out what a former holder still writes.
   *
   * @param isExclusive - Keeps the lease until it is released, also when another request asks for it.
   * @throws ConcatenationRunningError when the holder has an exclusive lease.
   */
  async acquire(uploadId: Id, { isExclusive = false } = {}): Promise<Lease> {
    const key = `${this.#channel}:${uploadId}`;
    const holder = `${isExclusive ? EXCLUSIVE : ""}${newId()}`;
    if (!(await answerOf(this.#take(key, holder)))) throw new ConcatenationRunningError();
    const lease = new HeldLease({
      renew: async () => (await this.#redis.eval(RENEW, 1, key, holder, LEASE_MS)) === 1,
      release: async () => {
        if (this.#held.get(key) === lease) this.#held.delete(key);
        await this.#redis.eval(RELEASE, 1, key, holder);
      },
    });
    this.#held.set(key, lease);
    return lease;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#held.values()].map((lease) => lease.release()));
    await closeRedis(this.#subscriber);
  }

  /** @returns `false` when the holder has an exclusive lease. */
  async #take(key: string, holder: string): Promise<boolean> {
    const deadline = performance.now() + HAND_OVER_MS;
    while ((await this.#redis.set(key, holder, "PX", LEASE_MS, "NX")) === null) {
      const isExclusive = (await this.#redis.get(key))?.startsWith(EXCLUSIVE) ?? false;
      if (isExclusive) return false;
      if (performance.now() > deadline) {
        await this.#redis.set(key, holder, "PX", LEASE_MS);
        return true;
      }
      await this.#redis.publish(this.#channel, key);
      await sleep(POLL_MS);
    }
    return true;
  }
}

interface LeaseCommands {
  /** Resolves to `false` when another request holds the lease. */
  readonly renew: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}

class HeldLease implements Lease {
  readonly #commands: LeaseCommands;
  readonly #controller = new AbortController();
  readonly #renewal: NodeJS.Timeout;

  constructor(commands: LeaseCommands) {
    this.#commands = commands;
    this.#renewal = setInterval(() => void this.#renew(), LEASE_MS / 3);
    this.#renewal.unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Another request wants the upload. */
  ask(): void {
    this.#controller.abort(new UploadTakenOverError());
  }

  /** A lease that cannot be released runs out. */
  async release(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#commands.release().catch(() => undefined);
  }

  async #renew(): Promise<void> {
    // While Redis does not answer, no other request can take the lease.
    const isHeld = await this.#commands.renew().catch(() => true);
    if (!isHeld) this.ask();
  }
}

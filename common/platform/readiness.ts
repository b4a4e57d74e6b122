import type { Collection, Db } from "mongodb";
import { upserting } from "./mongo.js";
import type { Redis } from "./redis.js";
import { within } from "./within.js";

type Answer = "ok" | "unavailable";

/** Whether each dependency answers, and takes writes. */
export interface ReadinessReport {
  readonly isReady: boolean;
  readonly mongodb: Answer;
  readonly redis: Answer;
}

interface Deps {
  readonly db: Db;
  readonly redis: Redis;
  /** The prefix of all keys; the key here is `<prefix>:readiness`. */
  readonly prefix: string;
}

/** How long each store may take, in milliseconds. */
const TIMEOUT_MS = 1000;

/** How long the key stays in Redis, in milliseconds. */
const KEY_MS = 60_000;

/** Whether the process can work. A store may answer, and yet take no writes: it is a replica now, or its memory or its disk is full. */
export class Readiness {
  readonly #deps: Deps;
  readonly #probes: Collection<{ _id: string; writtenAt: Date }>;
  #running: Promise<ReadinessReport> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#probes = deps.db.collection("probes");
  }

  /** Writes to MongoDB and Redis, and waits at most a second for either. Requests during a check share its report. */
  check(): Promise<ReadinessReport> {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #check(): Promise<ReadinessReport> {
    const { redis, prefix } = this.#deps;
    const [mongodb, redisAnswer] = await Promise.all([
      answers(this.#writeToMongo(), TIMEOUT_MS),
      answers(redis.set(`${prefix}:readiness`, "1", "PX", KEY_MS), TIMEOUT_MS),
    ]);
    return { isReady: mongodb === "ok" && redisAnswer === "ok", mongodb, redis: redisAnswer };
  }

  #writeToMongo(): Promise<unknown> {
    const change = { $currentDate: { writtenAt: true } } as const;
    return upserting(() => this.#probes.updateOne({ _id: "readiness" }, change, { upsert: true }));
  }
}

async function answers(write: Promise<unknown>, timeoutMs: number): Promise<Answer> {
  const answered = write.then(() => "ok" as const);
  return (await within(answered, timeoutMs)) ?? "unavailable";
}

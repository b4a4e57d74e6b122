import type { Db } from "mongodb";
import type { Redis } from "./redis.js";

type Answer = "ok" | "unavailable";

/** Whether each dependency answers. */
export interface ReadinessReport {
  readonly isReady: boolean;
  readonly mongodb: Answer;
  readonly redis: Answer;
}

interface Deps {
  readonly db: Db;
  readonly redis: Redis;
  readonly timeoutMs: number;
}

/** Whether the process can work. */
export class Readiness {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Asks MongoDB and Redis, and waits at most `timeoutMs` for either. */
  async check(): Promise<ReadinessReport> {
    const { db, redis, timeoutMs } = this.#deps;
    const [mongodb, redisAnswer] = await Promise.all([
      answers(db.command({ ping: 1 }), timeoutMs),
      answers(redis.ping(), timeoutMs),
    ]);
    return { isReady: mongodb === "ok" && redisAnswer === "ok", mongodb, redis: redisAnswer };
  }
}

async function answers(ping: Promise<unknown>, timeoutMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => {
      resolve("unavailable");
    }, timeoutMs);
  });
  const answered = ping.then(
    () => "ok" as const,
    () => "unavailable" as const,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

import type { Db } from "mongodb";
import type { Redis } from "./redis.js";

type Answer = "ok" | "unavailable";

/** Whether each dependency answers. */
export interface ReadinessReport {
  readonly isReady: boolean;
  readonly mongodb: Answer;
  readonly redis: Answer;
}

export interface Readiness {
  /** Asks MongoDB and Redis, and waits no longer than `timeoutMs` for either. */
  check(): Promise<ReadinessReport>;
}

interface Options {
  readonly db: Db;
  readonly redis: Redis;
  readonly timeoutMs: number;
}

export function createReadiness({ db, redis, timeoutMs }: Options): Readiness {
  return {
    async check() {
      const [mongodb, redisAnswer] = await Promise.all([
        answers(db.command({ ping: 1 }), timeoutMs),
        answers(redis.ping(), timeoutMs),
      ]);
      return { isReady: mongodb === "ok" && redisAnswer === "ok", mongodb, redis: redisAnswer };
    },
  };
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

import { afterEach, describe, expect, test } from "@jest/globals";
import {
  closeRedis,
  openBlockingRedis,
  openRedis,
  type Redis,
} from "../../common/platform/redis.js";
import type { Stoppable } from "../../common/platform/process.js";
import { newId } from "../../common/platform/ids.js";
import { InvalidJobError, type ReceivedJob } from "../../common/queue/catalogue.js";
import { openJobOutcomes } from "../../common/queue/job-outcomes.js";
import { JobProducer } from "../../common/queue/producer.js";
import { startRunner } from "../../worker/runner.js";
import { startSchedule } from "../../worker/schedule.js";
import { collectLogLines } from "../support/log-lines.js";
import { newName, serverUrls } from "../support/databases.js";
import { eventually } from "../support/eventually.js";

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A queue of its own, and a runner that does what the test says. */
function startQueue(run: (job: ReceivedJob, signal: AbortSignal) => Promise<void>) {
  const { log, lines } = collectLogLines();
  const givenUp: unknown[] = [];
  const url = serverUrls().redisUrl;
  const prefix = newName();
  const redis: Redis = openRedis({ url, timeoutMs: 10_000, log });
  const blocking = openBlockingRedis({ url, timeoutMs: 10_000, log });
  const producer = new JobProducer({ redis, prefix, log });
  const outcomes = openJobOutcomes({ redis, prefix, now: () => new Date() });
  const runner: Stoppable = startRunner({
    redis: blocking,
    prefix,
    concurrency: { jobs: 2, webhooks: 2 },
    lockMs: 30_000,
    log,
    run,
    onOutcome: (name, outcome) => {
      outcomes.count(name, outcome);
    },
    onGivenUp: ({ name }, error, attempts) => {
      givenUp.push({ name, message: error.message, attempts });
    },
  });
  cleanUps.push(
    () => Promise.all([closeRedis(redis), closeRedis(blocking)]),
    async () => redis.del(await redis.keys(`${prefix}:*`)),
    () => producer.close(),
    () => runner.stop(0),
  );
  return { producer, runner, lines, outcomes, givenUp };
}

const inspect = (versionId = newId()) =>
  ({ name: "version.process", data: { ownerId: newId(), versionId, generation: 0 } }) as const;

describe("The runner", () => {
  test("does what is queued, with its data, no more than so many at once", async () => {
    const done: unknown[] = [];
    let running = 0;
    let most = 0;
    const { producer } = startQueue(async ({ data }) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(data);
    });
    const jobs = Array.from({ length: 20 }, () => inspect());

    for (const job of jobs) producer.enqueue(job);
    await eventually(
      () => done.length,
      (count) => count === 20,
    );

    expect(new Set(done)).toEqual(new Set(jobs.map(({ data }) => data)));
    expect(most).toBeLessThanOrEqual(2);
  });

  test("does a job once that is queued again while it waits, and again when it is queued afterwards", async () => {
    const release = new AbortController();
    const released = new Promise((resolve) => {
      release.signal.addEventListener("abort", resolve);
    });
    let count = 0;
    const { producer } = startQueue(async () => {
      count += 1;
      await released;
    });
    const job = inspect();

    for (let n = 0; n < 10; n += 1) producer.enqueue(job);
    await eventually(
      () => count,
      (n) => n === 1,
    );
    producer.enqueue(job);
    release.abort();
    // The id is free as soon as the job is done.
    await eventually(
      () => {
        producer.enqueue(job);
        return count;
      },
      (n) => n === 2,
    );
  });

  test("tries again what fails, and not what can never work", async () => {
    const tries = { failing: 0, invalid: 0 };
    const { producer, lines, outcomes, givenUp } = startQueue(({ name }) => {
      if (name === "file.purge") {
        tries.invalid += 1;
        return Promise.reject(new InvalidJobError("no"));
      }
      tries.failing += 1;
      return tries.failing < 2 ? Promise.reject(new Error("not yet")) : Promise.resolve();
    });

    producer.enqueue({ name: "file.purge", data: { ownerId: newId(), fileId: newId() } });
    producer.enqueue(inspect());
    await eventually(
      () => tries.failing,
      (count) => count === 2,
    );

    expect(tries).toEqual({ failing: 2, invalid: 1 });
    expect(lines.filter(({ msg }) => msg === "A job failed").length).toBeGreaterThanOrEqual(2);
    const counted = await eventually(
      async () => (await outcomes.list()).filter(({ count }) => count > 0),
      (found) => found.length === 3,
    );
    expect(counted).toEqual([
      { name: "version.process", outcome: "done", count: 1 },
      { name: "version.process", outcome: "failed", count: 1 },
      { name: "file.purge", outcome: "given-up", count: 1 },
    ]);
    expect(givenUp).toEqual([{ name: "file.purge", message: "no", attempts: 1 }]);
  });

  test("tells what runs to end when it is stopped, after the time that it has", async () => {
    let reason: unknown;
    let isStarted = false;
    const { producer, runner } = startQueue(
      (_job, signal) =>
        new Promise((_resolve, reject) => {
          isStarted = true;
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(new Error("ended"));
          });
        }),
    );
    producer.enqueue(inspect());
    await eventually(() => isStarted, Boolean);

    await runner.stop(10);

    expect(String(reason)).toContain("The worker is stopping");
  });
});

describe("The schedule", () => {
  test("runs at once and again and again, never twice at a time, whatever fails", async () => {
    const { log, lines } = collectLogLines();
    let running = 0;
    let most = 0;
    let count = 0;
    const schedule = startSchedule({
      name: "test",
      everyMs: 1,
      log,
      run: async () => {
        most = Math.max(most, (running += 1));
        count += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        if (count % 2 === 0) throw new Error("broken");
      },
    });

    await eventually(
      () => count,
      (n) => n >= 4,
    );
    await schedule.stop(0);

    expect([most, running]).toEqual([1, 0]);
    expect(lines.filter(({ msg }) => msg === "A scheduled run failed").length).toBeGreaterThan(0);
  });

  test("that is stopped ends the run under way and begins no other", async () => {
    const { log, lines } = collectLogLines();
    let count = 0;
    const schedule = startSchedule({
      name: "test",
      everyMs: 1,
      log,
      run: (signal) =>
        new Promise((_resolve, reject) => {
          count += 1;
          signal.addEventListener("abort", () => {
            reject(new Error("ended"));
          });
        }),
    });

    await schedule.stop(0);

    expect(count).toBe(1);
    expect(lines).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "../../common/platform/ids.js";
import {
  closeRedis,
  openBlockingRedis,
  openRedis,
  type Redis,
} from "../../common/platform/redis.js";
import { JobProducer } from "../../common/queue/producer.js";
import { startRunner } from "../../worker/runner.js";
import { newName, serverUrls } from "../support/databases.js";
import { eventually } from "../support/eventually.js";
import { collectLogLines } from "../support/log-lines.js";

const { log } = collectLogLines();
const connection = () => ({ url: serverUrls().redisUrl, timeoutMs: 10_000, log });

let prefix: string;
let redis: Redis;
let web: JobProducer;
let worker: JobProducer;

beforeEach(() => {
  prefix = newName();
  redis = openRedis(connection());
  web = new JobProducer({ redis, prefix, log });
  worker = new JobProducer({ redis, prefix, log, urgency: "background" });
});

afterEach(async () => {
  await Promise.all([web.close(), worker.close()]);
  await redis.del(await redis.keys(`${prefix}:*`));
  await closeRedis(redis);
});

const process = (ownerId: string) =>
  ({ name: "version.process", data: { ownerId, versionId: newId(), generation: 0 } }) as const;

const waiting = async () =>
  (await web.countByState()).find(({ state }) => state === "waiting")?.count ?? 0;

/** Does all that waits, one job after the other. @returns The accounts, in this order. */
async function workOff(count: number): Promise<string[]> {
  const done: string[] = [];
  const blocking = openBlockingRedis(connection());
  const runner = startRunner({
    ...{ redis: blocking, prefix, concurrency: { jobs: 1, webhooks: 1 }, lockMs: 30_000, log },
    run: ({ data }) => {
      done.push((data as { ownerId: string }).ownerId);
      return Promise.resolve();
    },
  });
  await eventually(
    () => done.length,
    (length) => length === count,
  );
  await runner.stop(0);
  await closeRedis(blocking);
  return done;
}

describe("The order in which a worker takes jobs", () => {
  test("is fair: the one job of an account comes soon, though another has hundreds, what is watched comes first, and background work last", async () => {
    const [many, one, swept] = [newId(), newId(), newId()];
    worker.enqueue(process(swept));
    const watched = newId();
    for (let n = 0; n < 300; n += 1) web.enqueue(process(many));
    await eventually(waiting, (count) => count === 301);
    web.enqueue(process(one));
    worker.enqueue({ name: "job.run", data: { ownerId: watched, jobId: newId(), turn: 1 } });
    await eventually(waiting, (count) => count === 303);

    const order = await workOff(303);

    expect(order.indexOf(watched)).toBeLessThan(5);
    expect(order.indexOf(one)).toBeLessThan(5);
    expect(order.at(-1)).toBe(swept);
  });

  test("is none while the queue is paused, and says since when the oldest waits", async () => {
    const before = Date.now();
    expect(await web.oldestWaiting("jobs")).toBeNull();
    await web.pause("jobs");
    web.enqueue(process(newId()));
    await eventually(waiting, (count) => count === 1);

    expect(await web.isPaused("jobs")).toBe(true);
    const oldest = (await web.oldestWaiting("jobs"))?.getTime() ?? 0;
    expect(oldest).toBeGreaterThanOrEqual(before);
    expect(oldest).toBeLessThanOrEqual(Date.now());
    await web.resume("jobs");
    expect(await workOff(1)).toHaveLength(1);
    expect(await web.isPaused("jobs")).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { MongoClient } from "mongodb";
import { DatabaseClock } from "../../../common/platform/database-clock.js";
import { serverUrls } from "../../support/databases.js";
import { collectLogLines } from "../../support/log-lines.js";

const HOUR_MS = 3_600_000;

/** Less than what a process may be off before the database's time counts. */
const NEARLY_MS = 1000;

let client: MongoClient;
let offMs: number;
let logs: ReturnType<typeof collectLogLines>;
let clock: DatabaseClock;

beforeEach(() => {
  offMs = 0;
  logs = collectLogLines();
  client = new MongoClient(serverUrls().mongodbUrl, { heartbeatFrequencyMS: 500 });
  clock = new DatabaseClock({ own: () => new Date(Date.now() + offMs), log: logs.log });
  clock.watch(client);
});

afterEach(() => client.close());

/** How far the clock is from the right time, which the database has. */
const errorMs = () => Math.abs(clock.now().getTime() - Date.now());

describe("The time of the database", () => {
  test("is the process's own before the first command", () => {
    offMs = HOUR_MS;

    expect(errorMs()).toBeGreaterThan(HOUR_MS - NEARLY_MS);
  });

  test.each([-HOUR_MS, HOUR_MS])(
    "is known with the first command to a process off by %i ms",
    async (off) => {
      offMs = off;
      await client.db().command({ ping: 1 });

      expect(errorMs()).toBeLessThan(NEARLY_MS);
    },
  );

  test("stays right when the clock of the process is set, which is logged once each way", async () => {
    await client.db().command({ ping: 1 });
    const heartbeat = () =>
      new Promise((resolve) => client.once("serverHeartbeatSucceeded", resolve));

    offMs = HOUR_MS;
    expect(errorMs()).toBeLessThan(NEARLY_MS);
    for (let times = 0; times < 2; times += 1) await heartbeat();
    offMs = 0;
    for (let times = 0; times < 2; times += 1) await heartbeat();

    expect(errorMs()).toBeLessThan(NEARLY_MS);
    expect(logs.lines.map(({ msg }) => msg)).toEqual([
      "The clock of this process is not the database's, whose time counts",
      "The clock of this process is right again",
    ]);
  });
});

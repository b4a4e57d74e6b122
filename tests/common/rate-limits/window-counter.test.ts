import { beforeEach, describe, expect, test } from "@jest/globals";
import { WindowCounter } from "../../../common/rate-limits/window-counter.js";

let timeMs: number;
let asked: number;

beforeEach(() => {
  timeMs = 0;
  asked = 0;
});

/** A counter whose Redis does not answer. */
const counterOf = (limit: number) =>
  new WindowCounter({
    policy: { name: "test", limit },
    shared: {
      add: () => {
        asked += 1;
        return Promise.reject(new Error("Redis is away"));
      },
    },
    clock: () => timeMs,
  });

const count = (counter: WindowCounter, times: number, subject = "a") =>
  Array.from({ length: times }, () => counter.count(subject, timeMs)).filter(
    ({ isExceeded }) => !isExceeded,
  ).length;

describe("Without Redis, a counter", () => {
  test("lets exactly as many through as the policy says, for each subject", () => {
    const counter = counterOf(100);

    expect(count(counter, 500)).toBe(100);
    expect(count(counter, 500, "b")).toBe(100);
  });

  test("begins anew when the window is over", () => {
    const counter = counterOf(10);
    count(counter, 11);
    timeMs = 59_999;

    expect(counter.count("a", timeMs)).toMatchObject({
      isExceeded: true,
      remaining: 0,
      resetSeconds: 1,
    });
    timeMs = 60_000;
    expect(counter.count("a", timeMs)).toMatchObject({
      isExceeded: false,
      remaining: 9,
      resetSeconds: 60,
    });
  });

  test("never begins anew later than in 60 seconds, whatever the clock says", () => {
    const counter = counterOf(1_000_000);
    const resets = Array.from({ length: 1000 }, (_, n) => {
      timeMs = n * 1234.567891;
      return counter.count(`subject ${n}`, timeMs).resetSeconds;
    });

    expect(new Set(resets)).toEqual(new Set([60]));
  });

  test("asks Redis again after a second, and not with each request", async () => {
    const counter = counterOf(20);
    for (let n = 0; n < 15; n += 1) {
      count(counter, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked).toBe(1);
    timeMs = 1000;
    count(counter, 1);

    expect(asked).toBe(2);
  });

  test("asks Redis nothing for a client that is far from its limit", () => {
    const counter = counterOf(1000);

    count(counter, 49);
    expect(asked).toBe(0);
    count(counter, 1);
    expect(asked).toBe(1);
  });

  test("waits for none that is silent, and asks it nothing more meanwhile", () => {
    const silent = new WindowCounter({
      policy: { name: "test", limit: 100 },
      shared: {
        add: () => {
          asked += 1;
          return new Promise(() => undefined);
        },
      },
      clock: () => timeMs,
    });

    expect(count(silent, 500)).toBe(100);
    expect(asked).toBe(1);
  });
});

describe("With Redis, a counter", () => {
  test("counts what other processes have told, and goes on when Redis has forgotten it", async () => {
    let total = 0;
    const shared = {
      add: (_key: string, requests: number) => {
        total += requests;
        return Promise.resolve({ total, endsInMs: 30_000 });
      },
    };
    const policy = { name: "test", limit: 20 };
    const [one, other] = [0, 1].map(
      () => new WindowCounter({ policy, shared, clock: () => timeMs }),
    );
    if (one === undefined || other === undefined) throw new Error("There are two counters");
    const told = () => new Promise((resolve) => setImmediate(resolve));
    count(one, 15);
    await told();
    count(other, 1);
    await told();

    expect(other.count("a", timeMs)).toMatchObject({ remaining: 3, resetSeconds: 30 });
    count(one, 20);
    await told();
    expect(one.count("a", timeMs).isExceeded).toBe(true);
    await told();
    total = 0;
    expect(one.count("a", timeMs).isExceeded).toBe(true);
    timeMs = 1000;
    one.count("a", timeMs);
    await told();
    expect(one.count("a", timeMs).isExceeded).toBe(false);
  });
});

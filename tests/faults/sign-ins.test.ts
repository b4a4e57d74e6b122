import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { somebody } from "../support/client.js";
import { Deployment } from "../support/deployment.js";
import { isLong } from "../support/long.js";
import { memoryBytes } from "../support/process-figures.js";

const MIB = 1024 ** 2;
const HASH_BYTES = 19 * MIB;
const HASHES_AT_ONCE = 2;
/** What sign-ins take beside their hashes. */
const OTHER_BYTES = 48 * MIB;

const AT_ONCE = 64;
const SAMPLES = isLong ? 500 : 10;

/** Passwords cost what they do by default. */
const SETTINGS = {
  PASSWORD_HASH_MEMORY_KIB: String(HASH_BYTES / 1024),
  MAX_CONCURRENT_PASSWORD_HASHES: String(HASHES_AT_ONCE),
  PASSWORD_HASH_WAIT_MS: "60000",
  TRUST_PROXY_HOPS: "1",
  FREE_SIGN_IN_FAILURES: "1000",
  FREE_SIGN_IN_FAILURES_PER_ACCOUNT: "off",
  FREE_SIGN_IN_FAILURES_PER_ADDRESS: "off",
  LONGEST_SIGN_IN_DELAY_SECONDS: "86400",
};

type Credentials = ReturnType<typeof somebody>;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start({ settings: SETTINGS });
});

afterAll(() => deployment.close());

/** @returns The status, and how long the answer took, in milliseconds. */
async function send(path: string, credentials: Credentials, address = "192.0.2.1") {
  const startedAt = performance.now();
  const answer = await fetch(`${deployment.url}/api/v1${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": address },
    body: JSON.stringify(credentials),
  });
  await answer.arrayBuffer();
  return { status: answer.status, ms: performance.now() - startedAt };
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe(`${AT_ONCE} sign-ins at once`, () => {
  test("take no more memory than the hashes that may be at work, and leave probes alone", async () => {
    const owner = somebody();
    await send("/register", owner);
    const { pid } = deployment.process("web");
    const before = memoryBytes(pid, "VmHWM");
    const over = new AbortController();

    const signIns = Promise.all(Array.from({ length: AT_ONCE }, () => send("/login", owner)));
    void signIns.finally(() => {
      over.abort();
    });
    const probes: number[] = [];
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      const { status } = await fetch(`${deployment.url}/healthz`);
      expect(status).toBe(200);
      probes.push(performance.now() - startedAt);
      await sleep(5);
    }
    const statuses = (await signIns).map(({ status }) => status);

    expect(statuses).toEqual(Array<number>(AT_ONCE).fill(200));
    expect(memoryBytes(pid, "VmHWM") - before).toBeLessThan(
      HASHES_AT_ONCE * HASH_BYTES + OTHER_BYTES,
    );
    expect(probes.length).toBeGreaterThan(0);
    if (isLong) expect(median(probes)).toBeLessThan(50);
  }, 300_000);
});

describe(`The time of ${SAMPLES} refused sign-ins`, () => {
  const wrong = ({ username }: Credentials) => ({ username, password: "wrong password" });

  test(
    "does not tell whether there is an account, or whether it is disabled",
    async () => {
      const [known, disabled] = [somebody(), somebody()];
      await send("/register", known);
      await send("/register", disabled);
      await deployment.withDb((db) =>
        db
          .collection("accounts")
          .updateOne({ username: disabled.username }, { $set: { isDisabled: true } }),
      );

      const times = await interleave({
        unknown: () => wrong(somebody()),
        known: () => wrong(known),
        disabled: () => wrong(disabled),
      });

      expect(times.statuses).toEqual(new Set([401]));
      if (isLong) expectAlike(times.ms);
    },
    isLong ? 900_000 : 60_000,
  );

  test(
    "does not tell whether there is an account that is delayed",
    async () => {
      const [known, unknown] = [somebody(), somebody()];
      await send("/register", known);
      await deployment.withDb((db) => db.collection("signInAttempts").deleteMany({}));
      await Promise.all([known, unknown].map((each) => delay(each)));

      const times = await interleave({ unknown: () => wrong(unknown), known: () => known });

      expect(times.statuses).toEqual(new Set([429]));
      if (isLong) expectAlike(times.ms);
    },
    isLong ? 900_000 : 60_000,
  );

  /** Fails once, and puts the count and the delay where a long attack brings them. */
  async function delay(credentials: Credentials): Promise<void> {
    await send("/login", wrong(credentials));
    await deployment.withDb((db) =>
      db
        .collection("signInAttempts")
        .updateMany(
          { failures: { $gt: 0 } },
          { $set: { blockedUntil: new Date(Date.now() + 3_600_000) } },
        ),
    );
  }
});

/** Sends one of each kind in turn, so that a machine that becomes slower is so for all. */
async function interleave(kinds: Readonly<Record<string, () => Credentials>>) {
  const ms = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
  const statuses = new Set<number>();
  for (let n = 0; n < SAMPLES; n += 1) {
    for (const [kind, make] of Object.entries(kinds)) {
      const answer = await send("/login", make());
      statuses.add(answer.status);
      ms.get(kind)?.push(answer.ms);
    }
  }
  return { ms, statuses };
}

/** The medians of two kinds differ no more than those of the halves of one kind do, or than a millisecond and a twentieth. */
function expectAlike(ms: ReadonlyMap<string, readonly number[]>): void {
  const halves = [...ms.values()].map((values) => {
    const [even, odd] = [0, 1].map((rest) => median(values.filter((_, n) => n % 2 === rest)));
    return Math.abs((even ?? 0) - (odd ?? 0));
  });
  const medians = [...ms.values()].map(median);
  const noise = Math.max(3 * Math.max(...halves), 1 + median(medians) / 20);

  expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(noise);
}

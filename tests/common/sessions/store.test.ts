import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UnavailableError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import { createLogger } from "../../../common/platform/log.js";
import { closeRedis, openRedis, type Redis } from "../../../common/platform/redis.js";
import { SessionStore } from "../../../common/sessions/store.js";

const log = createLogger({ level: "silent", part: "test" });
const prefix = `test-${newId()}`;
const session = { accountId: newId(), signedInAt: 1_700_000_000_000, expiresAt: 1_800_000_000_000 };
const HOUR_MS = 3_600_000;

let redis: Redis;
let otherRedis: Redis;
let store: SessionStore;
let otherStore: SessionStore;

beforeAll(() => {
  const url = process.env["REDIS_URL"] ?? "";
  redis = openRedis({ url, timeoutMs: 5000, log });
  otherRedis = openRedis({ url, timeoutMs: 5000, log });
  store = new SessionStore({ redis, prefix });
  otherStore = new SessionStore({ redis: otherRedis, prefix });
});

afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  await Promise.all([closeRedis(redis), closeRedis(otherRedis)]);
});

describe("a session", () => {
  test("is found by every process until it is removed", async () => {
    const id = newId();

    await store.create(id, session, HOUR_MS);

    expect(await otherStore.find(id)).toEqual(session);
    await otherStore.remove(id);
    expect(await store.find(id)).toBeUndefined();
  });

  test("is found among any number that are asked for at once, and each is its own", async () => {
    const ids = Array.from({ length: 300 }, () => newId());
    const own = (index: number) => ({ ...session, signedInAt: session.signedInAt + index });
    await Promise.all(ids.map((id, index) => store.create(id, own(index), HOUR_MS)));

    const found = await Promise.all([...ids, "nothing"].map((id) => store.find(id)));

    expect(found).toEqual([...ids.map((_id, index) => own(index)), undefined]);
    await Promise.all(ids.map((id) => store.remove(id)));
  });

  test("lives as long as it was given", async () => {
    const id = newId();

    await store.create(id, session, HOUR_MS);
    const [key = ""] = await redis.keys(`${prefix}:session:*`);

    const ttlMs = await redis.pttl(key);
    expect(ttlMs).toBeGreaterThan(HOUR_MS - 60_000);
    expect(ttlMs).toBeLessThanOrEqual(HOUR_MS);
    await store.remove(id);
  });

  test("that nobody made is not found, and removing it is fine", async () => {
    expect(await store.find("nothing")).toBeUndefined();
    await expect(store.remove("nothing")).resolves.toBeUndefined();
  });

  test("is not written over by a new one", async () => {
    const id = newId();
    await store.create(id, session, HOUR_MS);

    await expect(store.create(id, { ...session, signedInAt: 1 }, HOUR_MS)).rejects.toThrow();

    expect(await store.find(id)).toEqual(session);
    await store.remove(id);
  });
});

test("Redis knows no id that a cookie could be made of", async () => {
  const id = "an-id-that-is-easy-to-find";
  await store.create(id, session, HOUR_MS);

  const keys = await redis.keys("*");
  const values = await Promise.all(
    keys.filter((key) => key.startsWith(prefix)).map((key) => redis.get(key)),
  );

  expect(JSON.stringify([keys, values])).not.toContain(id);
  expect(keys).toContainEqual(expect.stringMatching(`^${prefix}:session:[0-9a-f]{64}$`));
  await store.remove(id);
});

test("refreshing never brings back a session that was removed, in whichever order two processes are answered", async () => {
  const operation = fc.record({
    by: fc.constantFrom("store", "otherStore"),
    what: fc.constantFrom("refresh", "remove"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), async (operations) => {
      const id = newId();
      await store.create(id, session, HOUR_MS);

      await Promise.all(
        operations.map(async ({ by, what }) => {
          const chosen = by === "store" ? store : otherStore;
          await (what === "remove" ? chosen.remove(id) : chosen.refresh(id, session, HOUR_MS));
        }),
      );

      const isRemoved = operations.some(({ what }) => what === "remove");
      expect(await store.find(id)).toEqual(isRemoved ? undefined : session);
      expect(await store.refresh(id, session, HOUR_MS)).toBe(!isRemoved);
      await store.remove(id);
    }),
    { numRuns: 100 },
  );
});

test("every method says that Redis does not answer when it is away", async () => {
  const away = openRedis({ url: "redis://127.0.0.1:1", timeoutMs: 500, log });
  const lost = new SessionStore({ redis: away, prefix });

  const results = await Promise.allSettled([
    lost.find("id"),
    lost.create("id", session, HOUR_MS),
    lost.refresh("id", session, HOUR_MS),
    lost.remove("id"),
  ]);

  for (const result of results) {
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(UnavailableError) });
  }
  await closeRedis(away);
});

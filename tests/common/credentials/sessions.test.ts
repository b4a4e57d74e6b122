import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CredentialsRepository } from "../../../common/credentials/repository.js";
import { newSecret } from "../../../common/credentials/secret.js";
import { Sessions } from "../../../common/credentials/sessions.js";
import { createIndexes } from "../../../common/migrations/indexes.js";
import { UnavailableError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { newName, serverUrls, withDatabase } from "../../support/databases.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = new Date("2026-05-06T07:08:09.010Z");
const client = { addressPrefix: "192.0.2.0/24", userAgent: "curl/8.0" };
const somebody = { accountId: newId(), signedInAt: START, methods: ["password"] as const, client };

let mongo: Mongo;
let otherMongo: Mongo;

beforeAll(async () => {
  const url = withDatabase(serverUrls().mongodbUrl, newName());
  mongo = openMongo({ url, timeoutMs: 5000 });
  otherMongo = openMongo({ url, timeoutMs: 5000 });
  await createIndexes(mongo.db);
});

afterAll(async () => {
  await mongo.db.dropDatabase();
  await Promise.all([mongo.close(), otherMongo.close()]);
});

/** The sessions of one process, at a time that the test sets. */
function processAt(instant: Date, { db } = mongo) {
  const credentials = new CredentialsRepository(db);
  return new Sessions({
    credentials,
    maxAgeMs: HOUR_MS,
    lifetimeMs: DAY_MS,
    now: () => instant,
  });
}

const later = (ms: number) => new Date(START.getTime() + ms);

describe("a session", () => {
  test("is found by every process until it is removed", async () => {
    const secret = newSecret();
    const [one, other] = [processAt(START), processAt(START, otherMongo)];

    await one.create(secret, somebody);

    const { accountId, signedInAt, methods } = somebody;
    expect(await other.find(secret)).toMatchObject({
      accountId,
      signedInAt,
      methods,
      leftMs: HOUR_MS,
    });
    await other.remove(secret);
    expect(await one.find(secret)).toBeUndefined();
  });

  test("is found among any number that are asked for at once, and each is its own", async () => {
    const secrets = Array.from({ length: 300 }, newSecret);
    const sessions = processAt(START);
    const accountIds = secrets.map(() => newId());
    await Promise.all(
      secrets.map((secret, index) =>
        sessions.create(secret, { ...somebody, accountId: accountIds[index] ?? "" }),
      ),
    );

    const found = await Promise.all([...secrets, "nothing"].map((secret) => sessions.find(secret)));

    expect(found.map((session) => session?.accountId)).toEqual([...accountIds, undefined]);
  });

  test("that nobody made is not found, and removing it is fine", async () => {
    expect(await processAt(START).find("nothing")).toBeUndefined();
    await expect(processAt(START).remove("nothing")).resolves.toBeUndefined();
  });

  test("is not written over by a new one", async () => {
    const secret = newSecret();
    await processAt(START).create(secret, somebody);

    const again = processAt(START).create(secret, { ...somebody, accountId: newId() });

    await expect(again).rejects.toThrow();
    expect(await processAt(START).find(secret)).toMatchObject({ accountId: somebody.accountId });
  });

  test("is stored without a secret that a cookie could be made of", async () => {
    const secret = newSecret();
    await processAt(START).create(secret, somebody);

    const all = await mongo.db.collection("credentials").find().toArray();

    expect(JSON.stringify(all)).not.toContain(secret);
  });
});

describe("a session ends", () => {
  test("when it was not used for its idle time, and lives longer when it is renewed", async () => {
    const [left, renewed] = [newSecret(), newSecret()];
    await Promise.all([left, renewed].map((secret) => processAt(START).create(secret, somebody)));

    expect(await processAt(later(HOUR_MS / 2)).renew(renewed, client)).toBe(true);

    expect(await processAt(later(HOUR_MS - 1)).find(left)).toBeDefined();
    expect(await processAt(later(HOUR_MS)).find(left)).toBeUndefined();
    expect(await processAt(later(HOUR_MS)).find(renewed)).toMatchObject({ leftMs: HOUR_MS / 2 });
  });

  test("at the end of its lifetime, however much it is used", async () => {
    const secret = newSecret();
    await processAt(START).create(secret, somebody);
    for (let ms = 0; ms < DAY_MS; ms += HOUR_MS / 2) {
      await processAt(later(ms)).renew(secret, client);
    }

    expect(await processAt(later(DAY_MS - 1)).find(secret)).toMatchObject({ leftMs: 1 });
    expect(await processAt(later(DAY_MS)).find(secret)).toBeUndefined();
  });

  test("and is not brought back by a renewal, in whichever order two processes are answered", async () => {
    const operation = fc.record({
      isOther: fc.boolean(),
      what: fc.constantFrom("renew", "remove"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), async (operations) => {
        const secret = newSecret();
        await processAt(START).create(secret, somebody);

        await Promise.all(
          operations.map(async ({ isOther, what }) => {
            const sessions = processAt(START, isOther ? otherMongo : mongo);
            await (what === "remove" ? sessions.remove(secret) : sessions.renew(secret, client));
          }),
        );

        const isRemoved = operations.some(({ what }) => what === "remove");
        expect((await processAt(START).find(secret)) === undefined).toBe(isRemoved);
        expect(await processAt(START).renew(secret, client)).toBe(!isRemoved);
      }),
      { numRuns: 100 },
    );
  });
});

test("a use is due when the one that was written last is more than a minute ago", async () => {
  const secret = newSecret();
  await processAt(START).create(secret, somebody);
  const at = async (ms: number) => {
    const session = await processAt(later(ms)).find(secret);
    if (session === undefined) throw new Error("The session is over");
    return session;
  };

  expect((await at(60_000)).isUseDue).toBe(false);
  const due = await at(60_001);
  expect(due.isUseDue).toBe(true);
  await processAt(later(60_001)).noteUse(due, { ...client, userAgent: "wget" });

  expect(await at(60_002)).toMatchObject({ isUseDue: false, leftMs: HOUR_MS - 60_002 });
});

test("every method says that MongoDB does not answer when it is away", async () => {
  const away = openMongo({ url: "mongodb://127.0.0.1:1/", timeoutMs: 500 });
  const lost = processAt(START, away);

  const results = await Promise.allSettled([
    lost.find("secret"),
    lost.create("secret", somebody),
    lost.renew("secret", client),
    lost.remove("secret"),
  ]);

  for (const result of results) {
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(UnavailableError) });
  }
  await away.close();
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Collection, FindCursor } from "mongodb";
import { startWorld, type World } from "./running-server.js";

const DOCUMENTS = 20_000;
const LIMIT_MIB = 300;

let world: World;
let documents: Collection;
beforeAll(async () => {
  world = await startWorld();
  documents = world.db.collection("documents");
  for (let from = 0; from < DOCUMENTS; from += 1000)
    await documents.insertMany(
      Array.from({ length: 1000 }, (_, n) => ({ n: from + n, pad: `${"x".repeat(1000)}${n}` })),
    );
});
afterAll(() => world.close());

/** A sort of about 25 MB, of which the first document was read. */
async function openSort(): Promise<FindCursor> {
  const cursor = documents.find().sort({ n: -1 }).batchSize(1);
  await cursor.next();
  return cursor;
}

function anonymousMib(): number {
  const status = readFileSync(`/proc/${world.server.process.pid ?? 0}/status`, "utf8");
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

describe("The memory of sorts and groups", () => {
  test("is one for all open cursors: more of them are refused with 292 until some are closed", async () => {
    const open = [await openSort(), await openSort()];

    await expect(openSort()).rejects.toMatchObject({ code: 292 });
    await expect(
      documents.aggregate([{ $group: { _id: "$n", pad: { $first: "$pad" } } }]).toArray(),
    ).rejects.toMatchObject({ code: 292 });
    expect(await documents.find().sort({ _id: -1 }).limit(1).toArray()).toHaveLength(1);

    for (const cursor of open) await cursor.close();
    const again = [await openSort(), await openSort()];
    for (const cursor of again) await cursor.close();
  });

  test("is given back by what ends, is refused or fails", async () => {
    const tooMuch = [
      { $set: { twice: { $concat: ["$pad", "$pad", "$pad", "$pad"] } } },
      { $sort: { twice: 1 } },
    ];
    for (let round = 0; round < 5; round++) {
      await documents.find().sort({ n: -1 }).toArray();
      await documents.aggregate([{ $sort: { n: -1 } }, { $match: { none: 1 } }]).toArray();
      await expect(documents.aggregate(tooMuch).toArray()).rejects.toMatchObject({ code: 292 });
      await expect(documents.find().sort({ n: -1 }).maxTimeMS(1).toArray()).rejects.toMatchObject({
        code: 50,
      });
      await documents.find().sort({ n: -1 }).explain("executionStats");
    }

    const open = [await openSort(), await openSort()];
    for (const cursor of open) await cursor.close();
  });

  test(`keeps the process under ${LIMIT_MIB} MiB of anonymous memory`, async () => {
    let most = 0;
    for (let round = 0; round < 3; round++)
      for (const stages of [
        [{ $sort: { pad: 1 } }],
        [{ $group: { _id: "$n", pads: { $push: "$pad" } } }],
        [{ $group: { _id: null, pads: { $addToSet: "$n" } } }],
        [{ $set: { m: 1 } }, { $sort: { m: 1 } }, { $group: { _id: "$pad" } }],
      ]) {
        await documents
          .aggregate([...stages, { $match: { none: 1 } }])
          .toArray()
          .catch((error: unknown) => {
            expect(error).toMatchObject({ code: 292 });
          });
        most = Math.max(most, anonymousMib());
      }

    expect(most).toBeLessThan(LIMIT_MIB);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Document, MongoBulkWriteError, ObjectId } from "mongodb";
import { startWorld, type World } from "../server/running-server.js";
import { type Doc, START } from "./call.js";
import { CATALOGUE } from "./catalogue.js";
import { READS } from "./reads.js";
import { WRITES } from "./writes.js";

/* The rules of the drivers' CRUD, index and command specifications, call by call. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** A plain copy of what a call gave, whether it failed or not. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.catch((error: unknown) => error);
  if (!(outcome instanceof MongoBulkWriteError)) return outcome;
  const { code, insertedCount } = outcome;
  const writeErrors = [outcome.writeErrors].flat().map(({ index }) => ({ index }));
  return { code, insertedCount, writeErrors };
}

describe("the driver's call", () => {
  test.each([...WRITES, ...READS, ...CATALOGUE])(
    "$call",
    async ({ run, gives, leaves = START }) => {
      const collection = world.db.collection<Doc>(`c${new ObjectId().toHexString()}`);
      await collection.insertMany([...START]);

      const outcome = await outcomeOf(run(collection));

      const isPart = typeof gives === "object" && gives !== null && !Array.isArray(gives);
      expect(outcome).toEqual(isPart ? expect.objectContaining(deep(gives)) : gives);
      expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual(leaves);
    },
  );
});

/** Objects inside what is expected may have further fields too. */
function deep(expected: object): Document {
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? (expect.objectContaining(value as Document) as unknown)
        : value,
    ]),
  );
}

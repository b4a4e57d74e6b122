import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { documentLoader } from "../../../common/platform/batch-loader.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

interface Item {
  readonly _id: number;
  readonly name: string;
}

const ITEMS: readonly Item[] = Array.from({ length: 250 }, (_, n) => ({
  _id: n + 1,
  name: `${n}`,
}));

const world = useWorld();

let watched: ReturnType<typeof watchCommands>;

beforeEach(async () => {
  watched = watchCommands(world(), "find");
  await watched.db.collection<Item>("items").insertMany([...ITEMS]);
});

afterEach(async () => {
  await watched.db.dropCollection("items");
  await watched.close();
});

interface Options {
  readonly maxBatchSize?: number;
  /** What every query says that the index is. */
  readonly hint?: Readonly<Record<string, 1>>;
}

function loading({ maxBatchSize = 10, hint = { _id: 1 } }: Options = {}) {
  return documentLoader<Pick<Item, "_id">, Item>({
    collection: watched.db.collection<Item>("items"),
    queryOf: (keys) => ({ filter: { _id: { $in: keys.map(({ _id }) => _id) } }, hint }),
    keyOf: ({ _id }) => String(_id),
    maxBatchSize,
  });
}

const asked = () =>
  watched.commands.map(({ filter }) => (filter as { _id: { $in: number[] } })._id.$in);

describe("Documents that are loaded in one turn of the event loop", () => {
  test("are one command, and each finds its own document or none", async () => {
    const find = loading();

    const found = await Promise.all([3, 999, 1].map((_id) => find({ _id })));

    expect(found).toEqual([ITEMS[2], undefined, ITEMS[0]]);
    expect(asked()).toEqual([[3, 999, 1]]);
  });

  test("for the same document ask for it once", async () => {
    const find = loading();

    const found = await Promise.all([2, 4, 2].map((_id) => find({ _id })));

    expect(found).toEqual([ITEMS[1], ITEMS[3], ITEMS[1]]);
    expect(asked()).toEqual([[2, 4]]);
  });

  test("are several commands where they are more than one may have", async () => {
    const find = loading({ maxBatchSize: 200 });

    const found = await Promise.all(ITEMS.map(({ _id }) => find({ _id })));

    expect(found).toEqual(ITEMS);
    expect(asked().map(({ length }) => length)).toEqual([200, 50]);
  });

  test("all fail when their command fails, and the next ones do not", async () => {
    const hint: Record<string, 1> = { noSuchIndex: 1 };
    const find = loading({ hint });

    const refused = await Promise.allSettled([1, 2].map((_id) => find({ _id })));
    delete hint["noSuchIndex"];
    hint["_id"] = 1;
    const found = await find({ _id: 1 });

    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(found).toEqual(ITEMS[0]);
  });
});

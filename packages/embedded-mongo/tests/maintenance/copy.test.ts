import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Binary, BSONRegExp, Decimal128, Double, Long, MaxKey, Timestamp } from "mongodb";
import { startWorld, type World } from "../server/running-server.js";
import { fill, maintain, type Outcome } from "./maintenance-process.js";

let source: World;
let target: World;
beforeEach(async () => {
  [source, target] = await Promise.all([startWorld(), startWorld()]);
});
afterEach(async () => {
  await source.close();
  await target.close();
});

function copy(...more: string[]): Promise<Outcome> {
  return maintain("--data", source.folder, "--copy-to", target.url, ...more);
}

async function rawFiles({ db }: World) {
  return db.collection("files").find({}, { raw: true }).sort({ _id: 1 }).toArray();
}

describe("copying a store to a server", () => {
  test("brings over documents of every type, indexes and empty collections", async () => {
    await fill(source.db);
    await source.db.collection("types").insertOne({
      double: new Double(3),
      long: Long.fromNumber(3),
      decimal: Decimal128.fromString("3.10"),
      binary: new Binary(Buffer.from([1, 255]), 4),
      pattern: new BSONRegExp("a", "i"),
      time: new Timestamp({ t: 1, i: 2 }),
      max: new MaxKey(),
      nested: [{ a: null }, [], {}],
    });

    const outcome = await copy();

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(await rawFiles(target)).toEqual(await rawFiles(source));
    const types = { raw: true } as const;
    expect(await target.db.collection("types").findOne({}, types)).toEqual(
      await source.db.collection("types").findOne({}, types),
    );
    for (const name of ["files", "types", "empty"])
      expect(await target.db.collection(name).indexes()).toEqual(
        await source.db.collection(name).indexes(),
      );
  });

  test("refuses a target with documents, and goes on with --resume", async () => {
    await fill(source.db);
    const some = await source.db
      .collection("files")
      .find({}, { promoteValues: false, limit: 100 })
      .toArray();
    await target.db.collection("files").insertMany(some);

    const refused = await copy();
    const resumed = await copy("--resume");

    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain("world.files already");
    expect(resumed.stdout).toMatch(/documents +\d+ \(100 from before\)/);
    expect(resumed).toMatchObject({ code: 0 });
    expect(await rawFiles(target)).toEqual(await rawFiles(source));
  });

  test("tells of documents that are others at the target, and ends with 1", async () => {
    await source.db.collection<{ _id: number }>("c").insertMany([{ _id: 1 }, { _id: 2 }]);
    const there = target.db.collection<{ _id: number; a?: number }>("c");
    await there.insertMany([{ _id: 2, a: 1 }, { _id: 3 }]);

    const { code, stdout } = await copy("--resume");

    expect(code).toBe(1);
    expect(stdout).toContain("fault: world.c: _id 2: the target has another document");
    expect(stdout).toContain("fault: world.c: the target has 3 documents, not 1");
    expect(await there.findOne({ _id: 2 })).toEqual({ _id: 2, a: 1 });
  });

  test("says so when nobody answers at the target", async () => {
    const url = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200";

    const { code, stderr } = await maintain("--data", source.folder, "--copy-to", url);

    expect(code).toBe(3);
    expect(stderr).toContain("could not be done");
  });
});

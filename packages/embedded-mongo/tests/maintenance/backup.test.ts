import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { open } from "lmdb";
import { MongoClient } from "mongodb";
import { FORMAT_KEY } from "../../src/storage/format.js";
import { TABLE } from "../../src/storage/table.js";
import { createFolder, ServerProcess, startWorld, type World } from "../server/running-server.js";
import { canMount, runOnSmallDisk } from "../server/small-disk.js";
import { fill, keepDoing, maintain, MAINTENANCE } from "./maintenance-process.js";

/** Runs the script of its arguments, and tells what is in the folder that comes before it. */
const LIST_AFTER = `
  const [folder, ...script] = process.argv.slice(1);
  const { status, stderr } = require("child_process").spawnSync(process.execPath, script, { encoding: "utf8" });
  process.stderr.write(stderr);
  process.stdout.write(JSON.stringify(require("fs").readdirSync(folder)));
  process.exitCode = status;
`;

let world: World;
let target: string;
let restored: ServerProcess | undefined;
beforeEach(async () => {
  world = await startWorld();
  target = join(world.folder, "copies", "backup.1");
});
afterEach(async () => {
  await restored?.end();
  restored = undefined;
  await world.close();
});

const testOnSmallDisk = canMount() ? test : undefined;

describe("a backup", () => {
  test("taken while clients write is a store with everything acknowledged before", async () => {
    await fill(world.db);
    const files = world.db.collection("files");
    const rawFiles = ({ db }: Pick<World, "db">) =>
      db
        .collection("files")
        .find({ owner: { $gte: 0 } }, { raw: true })
        .sort({ _id: 1 })
        .toArray();
    const before = await rawFiles(world);
    const stop = keepDoing((count) =>
      files.insertOne({ owner: -1, name: `new-${count}`, pad: Buffer.alloc(5000) }),
    );

    const outcome = await maintain("--data", world.folder, "--backup", target);
    await stop();

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(await maintain("--data", target, "--verify")).toMatchObject({ code: 0 });
    restored = new ServerProcess(target);
    const client = await MongoClient.connect(await restored.ready());
    expect(await rawFiles({ db: client.db("world") })).toEqual(before);
    await client.close();
  });

  test("holds no unused pages and is for its user only", async () => {
    const items = world.db.collection("items");
    const pad = Buffer.alloc(100_000);
    await items.insertMany(Array.from({ length: 200 }, (_, _id) => ({ _id: _id as never, pad })));
    await items.deleteMany({ _id: { $gte: 10 as never } });

    await maintain("--data", world.folder, "--backup", target);

    const { size, mode } = statSync(join(target, "data.mdb"));
    expect(size).toBeLessThan(2_000_000);
    expect(mode & 0o077).toBe(0);
    expect(statSync(target).mode & 0o077).toBe(0);
    expect(readdirSync(join(target, ".."))).toEqual(["backup.1"]);
  });

  test("of a store of an older format is one that can be served", async () => {
    await fill(world.db);
    await world.server.end();
    const env = open({ path: world.folder, ...TABLE });
    env.openDB<Buffer, Buffer>({ name: "meta", ...TABLE }).putSync(FORMAT_KEY, Buffer.from("1"));
    await env.close();

    expect(await maintain("--data", world.folder, "--backup", target)).toMatchObject({ code: 0 });

    restored = new ServerProcess(target);
    const client = await MongoClient.connect(await restored.ready());
    expect(await client.db("world").collection("files").countDocuments()).toBeGreaterThan(400);
    await client.close();
    expect(await maintain("--data", target, "--verify")).toMatchObject({ code: 0 });
  });

  test("replaces what an interrupted one has left, and never another folder", async () => {
    mkdirSync(`${target}.partial`, { recursive: true });
    writeFileSync(join(`${target}.partial`, "data.mdb"), "half");

    expect(await maintain("--data", world.folder, "--backup", target)).toMatchObject({ code: 0 });
    const again = await maintain("--data", world.folder, "--backup", target);

    expect(existsSync(`${target}.partial`)).toBe(false);
    expect(again).toMatchObject({ code: 3 });
    expect(again.stderr).toContain("exists already");
  });
});

test.each([
  [[]],
  [["--verify"]],
  [["--data", "x"]],
  [["--data", "x", "--verify", "--backup", "y"]],
  [["--data", "x", "--verify", "--unknown"]],
])("wrong arguments end with 2: %j", async (args) => {
  const { code, stderr } = await maintain(...args);

  expect(code).toBe(2);
  expect(stderr).not.toBe("");
});

testOnSmallDisk?.(
  "a backup that does not fit on the disk says so, and leaves nothing there",
  async () => {
    await world.db.collection("files").insertOne({ pad: Buffer.alloc(5_000_000) });
    const disk = createFolder();
    const script = [MAINTENANCE, "--data", world.folder, "--backup", join(disk.folder, "copy")];
    const thenList = ["-e", LIST_AFTER, disk.folder, ...script];

    const { code, stderr, stdout } = runOnSmallDisk("1m", disk.folder, thenList);
    disk.remove();

    expect(stderr).toMatch(/The disk is full/);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "[]" });
  },
);

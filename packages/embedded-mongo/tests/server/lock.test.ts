import { existsSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { open } from "lmdb";
import { MongoClient } from "mongodb";
import { FORMAT_VERSION } from "../../src/storage/format.js";
import { createFolder, ServerProcess } from "./running-server.js";
import { canMount, MAIN, runOnSmallDisk } from "./small-disk.js";

let world: ReturnType<typeof createFolder>;
let servers: ServerProcess[];
beforeEach(() => {
  world = createFolder();
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.end("SIGKILL");
  world.remove();
});

function start(...args: string[]): ServerProcess {
  const server = new ServerProcess(world.folder, args);
  servers.push(server);
  return server;
}

async function insertOne(url: string): Promise<number> {
  const client = await MongoClient.connect(url);
  const collection = client.db("d").collection("c");
  await collection.insertOne({});
  const count = await collection.countDocuments();
  await client.close();
  return count;
}

const testOnSmallDisk = canMount() ? test : undefined;

describe("a data folder", () => {
  test("is served by one process: the second one says so and ends with 3", async () => {
    const url = await start().ready();

    for (const second of [start(), start("--port", "0")]) {
      await expect(second.ready()).rejects.toThrow(/already serving/);
      expect(await second.ended()).toBe(3);
    }

    expect(await insertOne(url)).toBe(1);
  });

  test("is served by one of several that start together", async () => {
    const all = Array.from({ length: 4 }, () => start());

    const outcomes = await Promise.allSettled(all.map((server) => server.ready()));

    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("is free again after kill -9, with everything in it", async () => {
    const first = start();
    expect(await insertOne(await first.ready())).toBe(1);
    await first.end("SIGKILL");

    expect(await insertOne(await start().ready())).toBe(2);
  });

  test("is free again after SIGTERM and SIGINT, which end the server with 0", async () => {
    for (const [index, signal] of (["SIGTERM", "SIGINT"] as const).entries()) {
      const server = start();
      expect(await insertOne(await server.ready())).toBe(index + 1);
      expect(await server.end(signal)).toBe(0);
    }
    expect(readdirSync(world.folder).sort()).toEqual(["data.mdb", "lock.mdb"]);
  });

  test("can be entered by its user only", async () => {
    const folder = join(world.folder, "new");
    const server = new ServerProcess(folder);
    servers.push(server);

    await server.ready();

    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "mongo.sock")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "data.mdb")).mode & 0o077).toBe(0);
  });

  test.each([
    ["a long path", "x".repeat(100)],
    ["a path of many bytes", "ü".repeat(60)],
    ["an escaped path", "a%20b"],
    ["a path with all that a URL gives a meaning", "a%2F b#c?d:e@f,g&h=i;j[k]l\\m%zz"],
  ])("with %s is served on a socket of its own", async (_, above) => {
    const folders = ["a", "b"].map((name) => join(world.folder, above, name));
    const urls: string[] = [];
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      const server = new ServerProcess(folder);
      servers.push(server);
      urls.push(await server.ready());
    }

    expect(new Set(urls).size).toBe(2);
    for (const url of urls) expect(await insertOne(url)).toBe(1);
    const sockets = urls.map((url) =>
      decodeURIComponent(/^mongodb:..([^/]+)/.exec(url)?.[1] ?? ""),
    );
    expect(sockets.map((path) => existsSync(path))).toEqual([true, true]);
    for (const server of servers) await server.end();
    expect(sockets.map((path) => existsSync(dirname(path)))).toEqual([false, false]);
  });

  test.each([
    ["newer", FORMAT_VERSION + 1, /which is newer than format/],
    ["older", FORMAT_VERSION - 1, /copy it with "npm run .* --backup .*copy"/],
  ])("of a %s format is refused with a sentence and 3", async (_age, version, sentence) => {
    const env = open({ path: world.folder, encoding: "binary", keyEncoding: "binary" });
    const meta = env.openDB<Buffer, Buffer>({
      name: "meta",
      encoding: "binary",
      keyEncoding: "binary",
    });
    meta.putSync(Buffer.from("format"), Buffer.from(String(version)));
    await env.close();

    const server = start();

    await expect(server.ready()).rejects.toThrow(sentence);
    expect(await server.ended()).toBe(3);
  });

  test("that is a file, or lies in one, is refused with a sentence and 3", async () => {
    const file = join(world.folder, "file");
    writeFileSync(file, "");

    for (const folder of [file, join(file, "folder")]) {
      const server = new ServerProcess(folder);
      servers.push(server);
      await expect(server.ready()).rejects.toThrow(/^\S+ The folder .* cannot be used: .*\n$/);
      expect(await server.ended()).toBe(3);
    }
  });

  testOnSmallDisk?.("on a disk without room for a store is refused with a sentence and 3", () => {
    const outcome = runOnSmallDisk("64k", world.folder, [MAIN, "--data", world.folder]);

    expect(outcome).toMatchObject({ code: 3, stderr: expect.stringContaining("no room") });
  });

  test("with a damaged file is refused with a sentence and 3", async () => {
    writeFileSync(join(world.folder, "data.mdb"), Buffer.alloc(100_000, "not a database"));
    const garbage = start();
    await expect(garbage.ready()).rejects.toThrow(/damaged/);
    expect(await garbage.ended()).toBe(3);
  });

  test("with a data file that was cut off is refused with a sentence and 3", async () => {
    const first = start();
    const client = await MongoClient.connect(await first.ready());
    await client
      .db("d")
      .collection("c")
      .insertMany(Array.from({ length: 2000 }, (_, n) => ({ n, pad: "x".repeat(500) })));
    await client.close();
    await first.end();
    truncateSync(join(world.folder, "data.mdb"), 64 * 1024);

    const cut = start();

    await expect(cut.ready()).rejects.toThrow(/damaged/);
    expect(await cut.ended()).toBe(3);
  });
});

describe("the command line", () => {
  test("listens on a port of the loopback interface when asked", async () => {
    const url = await start("--port", "0").ready();

    expect(url).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\//);
    expect(await insertOne(url)).toBe(1);
  });

  test.each([[["--port", "x"]], [["--port", "70000"]], [["--unknown"]], [["stray"]]])(
    "is refused with 2: %j",
    async (args) => {
      const server = start(...args);

      await expect(server.ready()).rejects.toThrow(/Usage: --data/);
      expect(await server.ended()).toBe(2);
    },
  );

  test("says that a port is taken and ends with 5", async () => {
    const url = await start("--port", "0").ready();
    const other = createFolder();
    const server = new ServerProcess(other.folder, ["--port", new URL(url).port]);

    await expect(server.ready()).rejects.toThrow(/EADDRINUSE/);
    expect(await server.ended()).toBe(5);
    other.remove();
  });
});

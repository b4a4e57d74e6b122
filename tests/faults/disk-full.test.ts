import { afterEach, expect } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { StreamingClient } from "../support/streaming-client.js";
import { needs } from "../support/needs.js";

const { test } = needs("prlimit");

const ROOM_BYTES = 12 * 1024 ** 2;

let deployment: Deployment;

afterEach(() => deployment.close());

test("A store that cannot grow any more refuses uploads with 503, shows nothing of them, and takes them again when it can", async () => {
  // A limit on the size of files stands for the end of the disk: it needs no rights, and can be lifted under a running server.
  const limit = `--fsize=${ROOM_BYTES}:unlimited`;
  deployment = await Deployment.start({ owns: ["mongo"], beforeMongo: ["prlimit", limit] });
  const client = await StreamingClient.register(deployment.url);
  const small = makeContent(1_000_000);
  const large = makeContent(ROOM_BYTES);

  const before = await client.put("before", small.bytes(), small.sizeBytes);
  const refused = await client.put("large", large.bytes(), large.sizeBytes);
  const whileFull = await client.list();
  const download = await client.download(before.json.id);
  execFileSync("prlimit", ["--pid", String(deployment.process("mongo").pid), "--fsize=unlimited"]);
  const afterwards = await client.put("large", large.bytes(), large.sizeBytes);

  expect([before.status, refused.status, afterwards.status]).toEqual([201, 503, 201]);
  expect(refused.json.code).toBe("unavailable");
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(whileFull.map(({ name }) => name)).toEqual(["before"]);
  expect(download.sha256).toBe(digestOf(small));
  expect((await client.download(afterwards.json.id)).sha256).toBe(digestOf(large));
  expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  expect(deployment.failures("web")).toEqual([]);
});

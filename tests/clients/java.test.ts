import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect } from "@jest/globals";
import { somebody } from "../support/client.js";
import { needs } from "../support/needs.js";
import { SwitchingProxy } from "../support/switching-proxy.js";
import { useWorld } from "../support/use-world.js";

const run = promisify(execFile);
const world = useWorld();
const PROGRAM = fileURLToPath(new URL("../../../tests/clients/JavaClient.java", import.meta.url));
const { describe, test } = needs("java");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-java-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("Java's HttpClient", () => {
  test("uploads, downloads and goes on after refusals, on one connection", async () => {
    const file = join(folder, "file");
    await writeFile(file, randomBytes(1024 ** 2 + 7));
    const { port } = new URL(world().url);
    const proxy = await SwitchingProxy.start(Number(port));

    try {
      const api = `http://127.0.0.1:${proxy.port}/api/v1`;
      const { stdout } = await run("java", [PROGRAM, api, file, JSON.stringify(somebody())]);

      expect(stdout.trim().split("\n")).toEqual([
        "register: 201",
        "missing: 404",
        "put: 201",
        "wrong digest: 422",
        "form: 201",
        "download: 200",
        "digest: true",
        "range: 206",
        "bytes of the range: true",
      ]);
      expect(proxy.connections).toBe(1);
    } finally {
      await proxy.close();
    }
  }, 300_000);
});

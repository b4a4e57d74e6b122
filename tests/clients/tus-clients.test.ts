import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { needs } from "../support/needs.js";
import { pythonWith } from "../support/python-clients.js";
import { UploadCutter } from "../support/upload-cutter.js";
import { useWorld } from "../support/use-world.js";

const KIB = 1024;
const PACKAGES = ["tuspy==1.1.0", "aiotus==1.1.0", "aiohttp==3.14.5", "requests==2.34.2"];

/** As tuspy's readme has it. Prints where the upload is. */
const TUSPY = `
import sys
from tusclient.client import TusClient
url, cookie, path, *name = sys.argv[1:]
uploader = TusClient(url, headers={"Cookie": cookie}).uploader(
    path, chunk_size=256 * 1024, retries=3, retry_delay=0,
    **({"metadata": {"filename": name[0]}, "upload_checksum": True} if name else {}))
uploader.upload()
print(uploader.url, end="")
`;

/** As aiotus's readme has it. */
const AIOTUS = `
import asyncio, sys, aiohttp, aiotus
url, cookie, path, *name = sys.argv[1:]
async def main():
    async with aiohttp.ClientSession(headers={"Cookie": cookie}) as session:
        with open(path, "rb") as file:
            metadata = {"filename": name[0].encode(), "no_value": None} if name else None
            location = await aiotus.upload(url, file, metadata, session, chunksize=256 * 1024)
        found = await aiotus.metadata(location, session)
        assert found == (metadata or {}), found
        print(location, end="")
asyncio.run(main())
`;

const run = promisify(execFile);
const world = useWorld();
const { describe, test } = needs("python3-venv");
let python: string;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-tus-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe.each([
  ["tuspy", TUSPY],
  ["aiotus", AIOTUS],
])("%s", (_name, script) => {
  beforeAll(async () => {
    python = await pythonWith(PACKAGES);
  }, 300_000);

  /** Uploads a file of random bytes. @returns Those bytes, and the file that they have become. */
  async function upload(url: string, { sizeBytes = 0, name = "" }) {
    const client = await world().member();
    const bytes = randomBytes(sizeBytes);
    const path = join(folder, "file");
    await writeFile(path, bytes);
    const endpoint = `${url}/api/v1/uploads`;
    const names = name === "" ? [] : [name];
    const { stdout } = await run(python, ["-c", script, endpoint, client.cookie, path, ...names]);
    expect(stdout).toMatch(`${url}/api/v1/uploads/`);
    const { headers } = await client.head(new URL(stdout).pathname, { "Tus-Resumable": "1.0.0" });
    const { json } = await client.get(headers["content-location"] ?? "");
    const stored = await client.get(json.links.content);
    return { bytes, stored: stored.bytes, file: json };
  }

  test("uploads without metadata", async () => {
    const { bytes, stored, file } = await upload(world().url, { sizeBytes: 600 * KIB + 1 });

    expect(stored.equals(bytes)).toBe(true);
    expect(file.name).toBe("unnamed");
  });

  test("uploads an empty file", async () => {
    const { stored, file } = await upload(world().url, { name: "nothing" });

    expect([stored.length, file.name]).toEqual([0, "nothing"]);
  });

  test("goes on after its connection broke", async () => {
    const cutter = await UploadCutter.start(world().port, { afterBytes: 400 * KIB, times: 1 });
    try {
      const { bytes, stored, file } = await upload(cutter.url, {
        sizeBytes: 2000 * KIB + 7,
        name: "größe.bin",
      });

      expect(cutter.cuts).toBe(1);
      expect(stored.equals(bytes)).toBe(true);
      expect(file.name).toBe("größe.bin");
    } finally {
      await cutter.close();
    }
  });
});

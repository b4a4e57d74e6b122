import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { downloadsOf, shareLink, usesOf } from "../support/share-links.js";
import { useWorld } from "../support/use-world.js";

const run = promisify(execFile);
const world = useWorld();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-links-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** Far more than what sockets hold, so that a client that reads slowly has not got half of it. */
const SIZE = 40_000_000;

/** A link that allows one download. */
async function shared() {
  const owner = await world().member();
  const bytes = randomBytes(SIZE);
  const file = await owner.store("large.bin", bytes);
  await world().settle();
  const link = await shareLink(world(), { owner, ...file }, { maxDownloads: 1 });
  return { bytes, link, url: `${world().url}${link.path}/content`, copy: join(folder, "copy") };
}

/** Starts a program that downloads slowly, and ends it when some bytes have come. */
async function cut(program: string, options: readonly string[], copy: string): Promise<void> {
  const child = spawn(program, options, { stdio: "ignore" });
  const exited = once(child, "exit");
  const sizeOf = async () => (await stat(copy).catch(() => undefined))?.size ?? 0;
  await eventually(sizeOf, (size) => size > 0);
  child.kill();
  await exited;
}

async function expectOneDownload({ bytes, link, url, copy }: Awaited<ReturnType<typeof shared>>) {
  expect((await readFile(copy)).equals(bytes)).toBe(true);
  await eventually(
    () => downloadsOf(world(), link),
    ({ used, open }) => used === 1 && open === 0,
  );
  expect(await usesOf(world(), link)).toHaveLength(1);
  const another = await fetch(url, { headers: { "User-Agent": "another/1" } });
  expect(another.status).toBe(404);
}

needs("curl").test("A download by a link that curl goes on with counts once", async () => {
  const made = await shared();
  const options = ["--silent", "--output", made.copy, made.url];
  await cut("curl", ["--limit-rate", "1M", ...options], made.copy);

  const report = ["--write-out", "%{http_code}"];
  const { stdout } = await run("curl", ["--continue-at", "-", ...report, ...options]);

  expect(stdout).toBe("206");
  await expectOneDownload(made);
});

needs("wget").test("A download by a link that wget goes on with counts once", async () => {
  const made = await shared();
  const options = ["--no-verbose", "-O", made.copy, made.url];
  await cut("wget", ["--limit-rate=1m", ...options], made.copy);

  const { stderr } = await run("wget", ["--server-response", "--continue", ...options]);

  expect(stderr).toContain("206 Partial Content");
  await expectOneDownload(made);
});

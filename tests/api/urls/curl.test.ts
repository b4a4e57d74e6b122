import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { makeUrl } from "./make.js";

const { describe } = needs("curl");

const world = useWorld();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-url-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const curl = (...args: readonly string[]) =>
  promisify(execFile)("curl", ["--silent", "--fail", ...args], { cwd: folder });

describe("curl", () => {
  test("saves a file under its name by a URL, and goes on with what it has the beginning of", async () => {
    const owner = await world().member();
    const bytes = randomBytes(500_000);
    const { id } = await owner.store("video.mp4", bytes);
    const { url } = await makeUrl(owner, id);

    await curl("-O", world().url + url);
    const saved = await readFile(join(folder, "video.mp4"));
    await writeFile(join(folder, "video.mp4"), bytes.subarray(0, 123_456));
    await curl("-C", "-", "-O", world().url + url);

    expect(saved).toEqual(bytes);
    expect(await readFile(join(folder, "video.mp4"))).toEqual(bytes);
  });

  test("sends the next version of a file to a URL", async () => {
    const owner = await world().member();
    const bytes = randomBytes(300_000);
    const { id } = await owner.store("a.bin", "first");
    const { url } = await makeUrl(owner, id, { method: "PUT" });
    await writeFile(join(folder, "a.bin"), bytes);

    await curl("-T", "a.bin", world().url + url);

    expect((await owner.get(`/api/v1/files/${id}`)).bytes).toEqual(bytes);
  });
});

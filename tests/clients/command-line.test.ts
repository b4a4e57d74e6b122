import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { VersionDoc } from "../../common/versions/version.js";
import type { Json } from "../support/answer-json.js";
import { KEPT_NAMES } from "../support/names.js";
import { useWorld } from "../support/use-world.js";
import { needs } from "../support/needs.js";
import { PYTHON } from "../support/programs.js";

const MIB = 1024 ** 2;

const run = promisify(execFile);
const world = useWorld();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-clients-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** A stored file, the options that sign somebody in, and the beginning of the file as a broken download leaves it. */
async function halfDownloaded() {
  const client = await world().member();
  const bytes = randomBytes(3 * MIB);
  const { id, links } = await client.store("large", bytes);
  const copy = join(folder, "copy");
  await writeFile(copy, bytes.subarray(0, MIB + 7));
  const cookie = `Cookie: ${client.cookie}`;
  return { client, id, bytes, copy, cookie, url: world().url + links.content };
}

describe("A download that was cut", () => {
  needs("curl").test("is resumed by curl where it ended", async () => {
    const { bytes, copy, cookie, url } = await halfDownloaded();

    const report = ["--write-out", "%{http_code} %{size_download}"];
    const resume = ["--continue-at", "-", "--output", copy, url];
    const { stdout } = await run("curl", ["--silent", "--header", cookie, ...report, ...resume]);

    expect(stdout).toBe(`206 ${2 * MIB - 7}`);
    expect((await readFile(copy)).equals(bytes)).toBe(true);
  });

  needs("wget").test("is resumed by wget where it ended", async () => {
    const { bytes, copy, cookie, url } = await halfDownloaded();

    const options = ["--no-verbose", "--server-response", "--header", cookie];
    const { stderr } = await run("wget", [...options, "--continue", "-O", copy, url]);

    expect(stderr).toContain("206 Partial Content");
    expect((await readFile(copy)).equals(bytes)).toBe(true);
  });
});

needs("curl").describe("A client that is slow on purpose", () => {
  test("sends and gets every byte", async () => {
    const { client, bytes, cookie } = await halfDownloaded();
    const slowly = ["--silent", "--limit-rate", "2M", "--header", cookie];
    const [source, copy] = [join(folder, "source"), join(folder, "slow-copy")];
    await writeFile(source, bytes);

    const door = `${world().url}/api/v1/files?name=slow`;
    const { stdout } = await run("curl", [...slowly, "--upload-file", source, door]);
    const { links } = JSON.parse(stdout) as { links: { content: string } };
    await run("curl", [...slowly, "--output", copy, world().url + links.content]);

    expect((await client.get(links.content)).bytes.equals(bytes)).toBe(true);
    expect((await readFile(copy)).equals(bytes)).toBe(true);
  });
});

needs("python3-gridfs").test(
  "PyMongo's GridFS reads from the bucket what was uploaded through the API",
  async () => {
    const { id, bytes } = await halfDownloaded();
    const { db } = world().mongo;
    const version = await db.collection<VersionDoc>("versions").findOne({ fileId: id });
    const read = [
      "import sys, gridfs, pymongo, bson",
      "url, database, id = sys.argv[1:]",
      'bucket = gridfs.GridFSBucket(pymongo.MongoClient(url)[database], "blobs")',
      "bucket.download_to_stream(bson.ObjectId(id), sys.stdout.buffer)",
    ].join("\n");

    const where = [world().config.mongodbUrl, db.databaseName, version?.blobId.toHexString() ?? ""];
    const options = { encoding: "buffer", maxBuffer: 16 * MIB } as const;
    const { stdout } = await run(PYTHON, ["-c", read, ...where], options);

    expect(stdout.equals(bytes)).toBe(true);
  },
);

needs("curl").describe("A form of curl", () => {
  /** Sends files of these names. @param options - Of curl. */
  async function upload(names: readonly string[], options: readonly string[] = []) {
    const client = await world().member();
    const source = join(folder, "source");
    await mkdir(source);
    for (const name of names) await writeFile(join(source, name), "hello");
    const quoted = names.map((name) => join(source, name).replace(/["\\]/g, "\\$&"));
    const files = quoted.flatMap((path) => ["--form", `file=@"${path}"`]);
    const cookie = ["--header", `Cookie: ${client.cookie}`];
    const door = `${world().url}/api/v1/files`;
    const { stdout } = await run("curl", ["--silent", ...options, ...cookie, ...files, door]);
    return JSON.parse(stdout) as Partial<Pick<Json, "items" | "code">>;
  }

  test.each([
    ["escapes with percent signs", []],
    ["escapes with backslashes, as old ones do", ["--form-escape"]],
  ])("has files that all keep their names when it %s", async (_, options) => {
    const { items } = await upload(KEPT_NAMES, options);

    expect(items?.map(({ file }) => file.name)).toEqual(KEPT_NAMES);
  });

  test.each(["line\nbreak", "carriage\rreturn"])(
    "is refused a file with a control character in its name: %j",
    async (name) => {
      expect(await upload([name])).toMatchObject({ code: "invalid-name" });
    },
  );
});

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { GridFSBucket, MongoClient, ObjectId } from "mongodb";
import { newId } from "../../common/platform/ids.js";
import { openBlobs } from "../support/blobs.js";
import { startMongo } from "../support/processes.js";
import { needs } from "../support/needs.js";
import { PYTHON } from "../support/programs.js";

/** The embedded store, which every tool reaches over its unix socket. */
async function startWorld() {
  const folder = mkdtempSync(join(tmpdir(), "stowage-gridfs-"));
  const { url, server } = await startMongo({ folder });
  const client = await MongoClient.connect(url);
  const close = async () => {
    await client.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  return { url, db: client.db("world"), close };
}

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const BUCKET = "blobs";

/** Runs a line of Python with a `bucket` and an `id`. */
async function python(id: ObjectId, line: string, input: Buffer = Buffer.alloc(0)) {
  const program = [
    "import sys, gridfs, pymongo, bson",
    `bucket = gridfs.GridFSBucket(pymongo.MongoClient(sys.argv[1])["world"], "${BUCKET}")`,
    "id = bson.ObjectId(sys.argv[2])",
    line,
  ].join("\n");
  const tool = spawn(PYTHON, ["-c", program, world.url, id.toHexString()]);
  tool.stdin.end(input);
  const ended = once(tool, "close");
  const [output, complaint] = await Promise.all([buffer(tool.stdout), buffer(tool.stderr)]);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(complaint.toString());
  return output;
}

interface Tool {
  readonly name: string;
  readonly write: (id: ObjectId, bytes: Buffer) => Promise<void>;
  readonly read: (id: ObjectId) => Promise<Buffer>;
  readonly remove: (id: ObjectId) => Promise<void>;
}

const ours = () => openBlobs(world.db, []);
const drivers = () => new GridFSBucket(world.db, { bucketName: BUCKET });

const TOOLS: readonly Tool[] = [
  {
    name: "the product's own store",
    write: async (id, bytes) => {
      const blob = { blobId: id, encryption: null, versionId: newId() };
      const writer = ours().openWriter(blob);
      await writer.append(bytes);
      await ours().commit(blob, await writer.finish());
    },
    read: async (id) => {
      const blob = await ours().find(id);
      if (blob === undefined) throw new Error(`No blob ${id.toHexString()}`);
      const window = { first: 0, last: blob.sizeBytes - 1 };
      return Buffer.concat(await Readable.from(ours().read(blob, window)).toArray());
    },
    remove: (id) => ours().remove(id),
  },
  {
    name: "the driver",
    write: (id, bytes) =>
      pipeline(
        Readable.from([bytes]),
        drivers().openUploadStreamWithId(id, "f", { metadata: { sha256: "" } }),
      ),
    read: (id) => buffer(drivers().openDownloadStream(id)),
    remove: (id) => drivers().delete(id),
  },
  {
    name: "PyMongo",
    write: async (id, bytes) => {
      const line =
        "bucket.upload_from_stream_with_id(id, 'f', sys.stdin.buffer, metadata={'sha256': ''})";
      await python(id, line, bytes);
    },
    read: (id) => python(id, "bucket.download_to_stream(id, sys.stdout.buffer)"),
    remove: async (id) => {
      await python(id, "bucket.delete(id)");
    },
  },
];

const CHUNK = 255 * 1024;
const SIZES = [0, CHUNK, 2 * CHUNK + 1];

interface Pair {
  readonly first: Tool;
  readonly second: Tool;
}

const withPyMongo = needs("python3-gridfs");

/** The same test for each pair of tools. */
function eachPair(title: string, check: (pair: Pair) => Promise<void>): void {
  const pairs = TOOLS.flatMap((first) => TOOLS.map((second) => ({ first, second })));
  const hasPyMongo = ({ first, second }: Pair) => [first.name, second.name].includes("PyMongo");
  test.each(pairs.filter((pair) => !hasPyMongo(pair)))(title, check);
  withPyMongo.test.each(pairs.filter(hasPyMongo))(title, check);
}

describe("a file", () => {
  eachPair(
    "written by $first.name is read by $second.name, byte for byte",
    async ({ first: writer, second: reader }) => {
      const comesBack = async (size: number) => {
        const id = new ObjectId();
        const bytes = randomBytes(size);
        await writer.write(id, bytes);
        return (await reader.read(id)).equals(bytes);
      };

      expect(await Promise.all(SIZES.map(comesBack))).toEqual(SIZES.map(() => true));
    },
  );

  eachPair(
    "written by $first.name and removed by $second.name leaves nothing to read",
    async ({ first: writer, second: remover }) => {
      const id = new ObjectId();
      await writer.write(id, randomBytes(CHUNK + 1));

      await remover.remove(id);

      await expect(writer.read(id)).rejects.toThrow();
      expect(await world.db.collection("blobs.chunks").countDocuments({ files_id: id })).toBe(0);
      expect(await world.db.collection("blobs.files").countDocuments({ _id: id })).toBe(0);
    },
  );

  withPyMongo.test("is found by PyMongo by its name, the newest first", async () => {
    const [older, newer] = [new ObjectId(), new ObjectId()];
    const upload = (id: ObjectId, text: string) =>
      pipeline(Readable.from([Buffer.from(text)]), drivers().openUploadStreamWithId(id, "named"));
    await upload(older, "older");
    await upload(newer, "newer");

    const read = (revision: number) =>
      python(newer, `bucket.download_to_stream_by_name("named", sys.stdout.buffer, ${revision})`);

    expect((await read(-1)).toString()).toBe("newer");
    expect((await read(0)).toString()).toBe("older");
  });
});

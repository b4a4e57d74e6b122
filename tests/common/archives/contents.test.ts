import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { Long } from "mongodb";
import type { StoredFile } from "../../../common/archives/archive.js";
import { ArchiveContents } from "../../../common/archives/contents.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { openRecords } from "../../../common/product.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const world = useWorld();

const FILE_BYTES = 100_000;
/** Ten files fit into 1 MiB. */
const [FILES, READ_TOGETHER] = [12, 10];

test("Contents of a member of an archive are read together with those that follow, at most 1 MiB of them", async () => {
  const client = await world().member();
  const written = Array.from({ length: FILES }, () => randomBytes(FILE_BYTES));
  for (const [n, bytes] of written.entries()) await client.store(`${n}`, bytes);
  const entries = world().mongo.db.collection<FileEntry>("entries");
  const files = await entries.find({}, { sort: { createdAt: 1 } }).toArray();
  const members = files.map(({ name, ...file }): StoredFile => {
    return { ...file, path: name, sizeBytes: Long.fromNumber(FILE_BYTES) };
  });
  const watched = watchCommands(world(), "find");
  const finds = (collection: string) =>
    watched.commands.filter(({ find }) => find === collection).length;
  try {
    const { db } = watched;
    const records = openRecords({ db, settings: { encryptionKeys: [] }, now: () => new Date() });
    const { storage, damagedBlobs } = records;
    const contents = new ArchiveContents({ blobs: storage.blobs, damagedBlobs });
    const read = contents.of(members, () => {
      throw new Error("There is no text");
    });
    const found: Buffer[] = [];
    const readUntil = async (end: number) => {
      for (let n = found.length; n < end; n += 1) {
        const pieces: Buffer[] = [];
        for await (const piece of read(n, { first: 0, last: FILE_BYTES - 1 })) pieces.push(piece);
        found.push(Buffer.concat(pieces));
      }
    };

    await readUntil(READ_TOGETHER);
    expect([finds("blobs.files"), finds("blobs.chunks")]).toEqual([1, READ_TOGETHER]);
    await readUntil(FILES);

    expect([finds("blobs.files"), finds("blobs.chunks")]).toEqual([2, FILES]);
    expect(found.every((bytes, n) => bytes.equals(written[n] ?? Buffer.alloc(0)))).toBe(true);
  } finally {
    await watched.close();
  }
});

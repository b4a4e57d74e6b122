import { crc32 } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import type { ArchivePageDoc } from "../../../common/archives/archive.js";
import type { AuditDoc } from "../../../common/audit/repository.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import { ObjectId } from "mongodb";
import type { Client } from "../../support/client.js";
import { isLong } from "../../support/long.js";
import { useWorld } from "../../support/use-world.js";
import { exported, linesOf } from "./exported.js";

// Entries are inserted that no upload has made: the usage does not count them.
const world = useWorld({ trashRetentionMs: 30 * 86_400_000 }, { isDamaged: true });

/** The long form shows that memory and time stay in bounds. */
const FILES = isLong ? 100_000 : 2500;

const entries = () => world().mongo.db.collection<FileEntry>("entries");
const pages = () => world().mongo.db.collection<ArchivePageDoc>("archivePages");

/** One file that was uploaded, under so many names, a part of them in the trash. */
async function manyFiles(client: Client, live: number, trashed: number): Promise<void> {
  const { id } = await client.store("first", "hello");
  await world().settle();
  const file = await entries().findOne({ _id: id });
  if (file === null) throw new Error("There is no file");
  const copy = (name: string): FileEntry => ({ ...file, _id: newId(), name, nameKey: name });
  const names = Array.from({ length: live - 1 }, (_, n) => `${String(n).padStart(6, "0")}.txt`);
  for (let at = 0; at < names.length; at += 1000) {
    await entries().insertMany(names.slice(at, at + 1000).map(copy));
  }
  const trash = { at: new Date(), actorId: file.ownerId, path: [] };
  const removed = Array.from({ length: trashed }, (_, n) => copy(`trashed ${n}`));
  if (trashed > 0) {
    await entries().insertMany(removed.map((one) => ({ ...one, isTrashed: true, trash })));
  }
}

async function manyEvents(client: Client, count: number): Promise<void> {
  const events = world().mongo.db.collection<AuditDoc>("auditEvents");
  const { id } = (await client.get("/api/v1/me")).json;
  const event = await events.findOne({ accountId: id });
  if (event === null) throw new Error("There is no event");
  await events.insertMany(Array.from({ length: count }, () => ({ ...event, _id: new ObjectId() })));
}

async function begin(client: Client) {
  const { status, json } = await client.post("/api/v1/me/export");
  const { id: ownerId } = (await client.get("/api/v1/me")).json;
  return { status, archive: json, target: { ownerId, archiveId: json.id } };
}

describe("An export of many files", () => {
  test(
    "is prepared by the worker, and has all of them, in the tree, the trash and the lists",
    async () => {
      const client = await world().member();
      await manyFiles(client, FILES, 120);
      await manyEvents(client, 700);

      const { status, archive, target } = await begin(client);
      expect({ status, state: archive.state }).toEqual({ status: 202, state: "preparing" });
      await world().jobs.archivePreparation.run(target);

      const ready = (await client.get(archive.links.metadata)).json;
      const { bytes, contents } = await exported(client, ready);
      expect(bytes).toHaveLength(ready.sizeBytes);
      const below = (folder: string) =>
        [...contents].filter(([path]) => path.startsWith(folder)).map(([, content]) => content);
      expect(below("files/")).toHaveLength(FILES);
      expect(new Set(below("files/"))).toEqual(new Set(["hello"]));
      expect(below("trash/")).toHaveLength(120);
      const listed = linesOf(contents, "files").map(({ archivePath }) => archivePath);
      expect(listed).toEqual([...contents.keys()].filter((path) => path.startsWith("files/")));
      expect(linesOf(contents, "trash")).toHaveLength(120);
      expect(linesOf(contents, "audit").length).toBeGreaterThan(700);
      const largest = await pages()
        .find({ archiveId: archive.id })
        .map((page) => Buffer.byteLength(JSON.stringify(page)))
        .toArray();
      expect(Math.max(...largest)).toBeLessThan(8 * 1024 * 1024);
    },
    isLong ? 600_000 : 60_000,
  );

  test("is the same when several workers prepare it at once, and one goes on where another stopped", async () => {
    const client = await world().member();
    await manyFiles(client, 2500, 60);
    const { archive, target } = await begin(client);
    const { archivePreparation } = world().jobs;

    await archivePreparation.run(target, { pages: 1 });
    // A worker that died between a page and its holds.
    await pages().updateOne({ archiveId: archive.id, n: 1 }, { $set: { before: null } });
    await Promise.all(Array.from({ length: 4 }, () => archivePreparation.run(target)));

    const ready = (await client.get(archive.links.metadata)).json;
    const { contents } = await exported(client, ready);
    const paths = linesOf(contents, "files").map(({ archivePath }) => archivePath);
    expect(new Set(paths).size).toBe(2500);
    expect(paths.every((path) => contents.has(String(path)))).toBe(true);
  });

  test("has all versions of a file, however many there are", async () => {
    const client = await world().member();
    const { id } = await client.store("often", "0");
    for (let n = 1; n <= 450; n += 1) await client.put("/api/v1/files?name=often", String(n));
    const { archive, target } = await begin(client);
    await world().jobs.archivePreparation.run(target);

    const { contents } = await exported(client, (await client.get(archive.links.metadata)).json);

    const lines = linesOf(contents, "versions").filter(({ fileId }) => fileId === id);
    const earlier = lines.filter(({ isCurrent }) => isCurrent === false);
    expect(lines).toHaveLength(451);
    const found = earlier.map(({ archivePath }) => contents.get(String(archivePath)));
    expect(found).toEqual(Array.from({ length: 450 }, (_, n) => String(449 - n)));
    expect(contents.get("files/often")).toBe("450");
  }, 180_000);

  test("gives each range of a list that lies in several pages", async () => {
    const client = await world().member();
    await manyFiles(client, 2500, 0);
    const { archive, target } = await begin(client);
    await world().jobs.archivePreparation.run(target);
    const { links } = archive;
    const whole = (await client.get(links.content)).bytes;
    const listAt = whole.indexOf("metadata/files.ndjson");

    for (const [from, length] of [
      [listAt - 100, 300],
      [listAt + 100_001, 10],
      [listAt + 400_000, 900_000],
      [whole.length - 1_000_000, 700_000],
    ] as const) {
      const range = { Range: `bytes=${from}-${from + length - 1}` };
      const { bytes } = await client.get(links.content, range);
      expect(crc32(bytes)).toBe(crc32(whole.subarray(from, from + length)));
    }
  });

  test("breaks the connection where a list is not as it was written", async () => {
    const client = await world().member();
    await client.store("a", Buffer.alloc(2_000_000, 1));
    const { archive } = await begin(client);
    const page = await pages().findOne({ archiveId: archive.id });
    const altered = Buffer.from(page?.texts?.files?.buffer ?? []);
    altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
    await pages().updateOne({ archiveId: archive.id }, { $set: { "texts.files": altered } });

    const url = new URL(archive.links.content, world().url);
    const answer = await fetch(url, { headers: { Cookie: client.cookie } });

    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });
});

import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { newBlobId, newId } from "../../../common/platform/ids.js";
import { openRecords, type Records } from "../../../common/product.js";
import { openPublishing } from "../../../common/uploads/open.js";
import {
  decidedUpload,
  type PublishableUpload,
  type UploadDoc,
} from "../../../common/uploads/upload.js";
import { beginUpload } from "../../support/begin-upload.js";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const ledger = () => world().mongo.db.collection<UploadDoc>("uploads");

const openWorldRecords = () =>
  openRecords({
    db: world().mongo.db,
    settings: { encryptionKeys: [] },
    now: () => new Date(),
  });

/** What a dead process leaves: its lease runs out. */
const expireLeases = () => ledger().updateMany({}, { $set: { leaseUntil: new Date(0) } });

/** Someone with one file in the making, whose bytes have all arrived. */
async function received(name = "a", content = "hello") {
  const client = await world().member();
  const upload = await beginUpload(world(), client, { name });
  await upload.receive(Readable.from([Buffer.from(content)]));
  return { client, upload };
}

function publisherOf(records: Records) {
  const now = () => new Date();
  const settings = { resumableUploadExpiryMs: 60_000, linkLogMs: 60_000 };
  const jobs = { enqueue: () => undefined };
  const deferred = { defer: () => undefined };
  return openPublishing({ ...records, jobs, deferred, now, settings }).publisher;
}

async function decide(records: Records): Promise<PublishableUpload> {
  const entry = await ledger().findOne();
  const blob = {
    sizeBytes: 5,
    sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    crc32: 0x3610a686,
  };
  if (entry === null) throw new Error("Nothing to decide");
  const decided = decidedUpload(entry, blob, new Date(0));
  const deciding = records.uploads.decision(decided);
  expect(await records.writes.run({ deciding })).toEqual({ deciding: 1 });
  return decided;
}

async function namesOf(client: Client): Promise<string[]> {
  return (await client.get("/api/v1/files")).json.items.map(({ name }) => name);
}

describe("An upload whose process dies", () => {
  test("before it is decided is removed by the sweep, with bytes and reservation, and not sooner", async () => {
    const { client } = await received();
    await world().sweep();
    expect(await ledger().countDocuments()).toBe(1);

    await expireLeases();
    await world().sweep();

    expect(await namesOf(client)).toEqual([]);
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("after it was decided is published by the sweep, and counted once", async () => {
    const { client } = await received();
    await decide(openWorldRecords());
    expect(await namesOf(client)).toEqual([]);

    await Promise.all([world().sweep(), world().sweep(), world().sweep()]);

    expect(await namesOf(client)).toEqual(["a"]);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 5, reservedBytes: 0, files: 1 });
  });

  test("while it is taken away is taken away by the sweep", async () => {
    const { client } = await received();
    await ledger().updateMany({}, { $set: { state: "aborting", leaseUntil: new Date(0) } });

    await Promise.all([world().sweep(), world().sweep()]);

    expect(await namesOf(client)).toEqual([]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("and comes back to life is told so, and nothing is stored", async () => {
    const { client, upload } = await received();
    await expireLeases();
    await world().sweep();

    await expect(upload.publish()).rejects.toMatchObject({ code: "upload-expired" });

    expect(await namesOf(client)).toEqual([]);
  });
});

describe("Publishing", () => {
  test("may be repeated, at once and again, and makes one file and one version", async () => {
    const { client } = await received();
    const records = openWorldRecords();
    const publisher = publisherOf(records);
    const decided = await decide(records);

    const published = await Promise.all([1, 2, 3, 4].map(() => publisher.publish({ ...decided })));
    published.push(await publisher.publish({ ...decided }));

    expect(new Set(published.map(({ file }) => file._id))).toEqual(new Set([decided.fileId]));
    const versions = world().mongo.db.collection("versions");
    expect(await versions.countDocuments({ ownerId: decided.ownerId })).toBe(1);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 5, files: 1 });
  });

  test("again does not bring back what was replaced or deleted since", async () => {
    const { client } = await received("a", "first");
    const records = openWorldRecords();
    const publisher = publisherOf(records);
    const decided = await decide(records);
    await publisher.publish({ ...decided });

    await client.store("a", "newer");
    await publisher.publish({ ...decided });
    const [file] = (await client.get("/api/v1/files")).json.items;
    expect((await client.get(file?.links.content ?? "")).bytes.toString()).toBe("newer");

    await client.delete(file?.links.content ?? "");
    await publisher.publish({ ...decided });
    expect(await namesOf(client)).toEqual([]);
    await world().settle();
    await expect(publisher.publish({ ...decided })).rejects.toMatchObject({
      code: "upload-expired",
    });
    expect(await namesOf(client)).toEqual([]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("Publishing at once, by a process that slept through its lease", () => {
  /** Somebody else has published the upload meanwhile. */
  async function overslept() {
    const { client } = await received();
    const records = openWorldRecords();
    const decided = await decide(records);
    await world().sweep();
    const publisher = publisherOf(records);
    const [file] = (await client.get("/api/v1/files")).json.items;
    if (file === undefined) throw new Error("The sweep has not published it");
    const publish = () =>
      publisher.publishFirst({ ...decided }, { preceding: {}, reservedBytes: 5 });
    return { client, file, publish };
  }

  test("finds the file that somebody else has made of it", async () => {
    const { client, file, publish } = await overslept();

    const published = await publish();

    expect(published).toMatchObject({ isNewFile: true, file: { _id: file.id } });
    expect(await namesOf(client)).toEqual(["a"]);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 5, reservedBytes: 0, files: 1 });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("brings nothing back of a file that was removed for good", async () => {
    const { client, file, publish } = await overslept();
    await client.delete(file.links.content);
    await world().settle();

    await expect(publish()).rejects.toMatchObject({ code: "upload-expired" });

    expect(await namesOf(client)).toEqual([]);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("replaces nothing that took the name of a file that was removed for good", async () => {
    const { client, file, publish } = await overslept();
    await client.delete(file.links.content);
    await world().settle();
    const { links } = await client.store("a", "other");

    await expect(publish()).rejects.toMatchObject({ code: "upload-expired" });

    expect((await client.get(links.content)).bytes.toString()).toBe("other");
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 5, reservedBytes: 0, files: 1 });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("Chunks of which nothing speaks", () => {
  test("are removed by one sweep of several at once, and no others", async () => {
    const client = await world().member();
    const { links } = await client.store("kept", "kept");
    const running = await beginUpload(world(), client, { name: "running" });
    const chunks = world().mongo.db.collection("blobs.chunks");
    const orphans = Array.from({ length: 3 }, () => newBlobId());
    for (const files_id of orphans)
      await chunks.insertOne({ files_id, n: 0, data: Buffer.from(newId()) });

    await Promise.all([world().sweep(), world().sweep()]);
    await running.receive(Readable.from([Buffer.from("later")]));
    await world().sweep();
    await running.publish();

    expect(await chunks.countDocuments({ files_id: { $in: orphans } })).toBe(0);
    expect((await client.get(links.content)).bytes.toString()).toBe("kept");
    expect(await namesOf(client)).toEqual(["running", "kept"]);
  });
});

describe("Usage", () => {
  test.each([
    ["bytes", { "usage.bytes": 99, allocatedBytes: 99 }],
    ["files", { "usage.files": 7 }],
    ["what is allocated", { allocatedBytes: 0 }],
  ])(
    "that is wrong in %s is put right by the sweep, and told to the operator",
    async (_, wrong) => {
      const client = await world().member();
      await client.store("a", "hello");
      await world().settle();
      await world()
        .mongo.db.collection("accounts")
        .updateMany({ "usage.bytes": 5 }, { $set: wrong });

      await world().sweep();

      expect(await client.usage()).toMatchObject({ bytes: 5, reservedBytes: 0, files: 1 });
      const told = world().logs.lines.filter(({ msg }) => msg === "Usage was corrected");
      expect(told.at(-1)).toMatchObject({ level: 40 });
    },
  );
});

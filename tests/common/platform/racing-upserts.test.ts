import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Db, Long, ObjectId } from "mongodb";
import { DamagedBlobs } from "../../../common/damaged-blobs/repository.js";
import { OrphanSweep } from "../../../common/maintenance/orphan-sweep.js";
import { createIndexes } from "../../../common/migrations/indexes.js";
import { newId } from "../../../common/platform/ids.js";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { BlobWriter } from "../../../common/storage/blob-writer.js";
import { openBucket } from "../../../common/storage/bucket.js";
import { DamagedContentError } from "../../../common/storage/errors.js";
import { VersionsRepository } from "../../../common/versions/repository.js";
import { stagedVersion, type VersionDoc } from "../../../common/versions/version.js";
import { newName, serverUrls, withDatabase } from "../../support/databases.js";
import { commandNameOf, TcpProxy } from "../../support/tcp-proxy.js";

const TAKEN = { index: 0, code: 11000, codeName: "DuplicateKey", errmsg: "E11000 duplicate key" };

/** What MongoDB answers the slower of two upserts at once. */
const REFUSALS: Readonly<Record<string, object>> = {
  update: { ok: 1, n: 0, nModified: 0, writeErrors: [TAKEN] },
  findAndModify: { ok: 0, ...TAKEN },
};

const at = new Date("2026-01-01T00:00:00Z");
const now = () => at;
let proxy: TcpProxy;
let mongo: Mongo;
let db: Db;
/** How many upserts were refused. */
let refused: number;

beforeAll(async () => {
  proxy = await TcpProxy.start(serverUrls().mongodbUrl);
  mongo = openMongo({ url: withDatabase(proxy.url, newName()), timeoutMs: 10_000 });
  ({ db } = mongo);
});

afterAll(async () => {
  proxy.judge = () => "pass";
  await db.dropDatabase();
  await mongo.close();
  await proxy.close();
});

beforeEach(async () => {
  proxy.judge = () => "pass";
  await db.dropDatabase();
  await createIndexes(db);
  refused = 0;
  let isRefused = false;
  // Each upsert loses a race: it is refused once, and its next try is not.
  proxy.judge = (bytes) => {
    const answer = REFUSALS[commandNameOf(bytes) ?? ""];
    if (answer === undefined) return "pass";
    isRefused = !isRefused;
    if (!isRefused) return "pass";
    refused += 1;
    return { answer };
  };
});

function newVersion(): VersionDoc {
  const ids = { ownerId: newId(), actorId: newId(), fileId: newId(), uploadId: newId() };
  const content = { sizeBytes: Long.ONE, sha256: "0".repeat(64), crc32: 0, claimedType: null };
  return stagedVersion({ _id: newId(), blobId: new ObjectId(), ...ids, ...content, createdAt: at });
}

describe("An upsert that MongoDB refuses because another one was faster", () => {
  test("stages a version, or finds the one that is staged", async () => {
    const versions = new VersionsRepository(db);
    const version = newVersion();

    expect(await versions.stage(version)).toMatchObject({
      _id: version._id,
      sha256: version.sha256,
    });
    const other = { ...version, sha256: "1".repeat(64) };
    expect(await versions.stage(other)).toMatchObject({ sha256: version.sha256 });
    expect(refused).toBe(2);
  });

  test("notes a damaged blob", async () => {
    const damaged = new DamagedBlobs({ db, now });
    const blobId = new ObjectId();

    await damaged.noteUnreadable(new DamagedContentError(blobId, "it is short"));
    await damaged.note(blobId, { kind: "altered", reason: "it is altered" });

    const found = { _id: blobId, kind: "altered", reason: "it is altered", foundAt: at };
    expect(await damaged.list()).toEqual([found]);
    expect(refused).toBe(2);
  });

  test("notes orphans, and how far their sweep has come", async () => {
    const bucket = openBucket(db);
    const blobId = new ObjectId();
    await bucket.insertChunks([
      { _id: new ObjectId(), files_id: blobId, n: 0, data: Buffer.of(1) },
    ]);
    const removed: string[] = [];
    const sweep = new OrphanSweep({
      db,
      bucket,
      isExpected: () => Promise.resolve(false),
      removeBlob: (id) => Promise.resolve(void removed.push(String(id))),
      graceMs: 0,
      now,
    });

    expect(await sweep.run(new AbortController().signal)).toBe(1);

    expect(removed).toEqual([String(blobId)]);
    expect(refused).toBe(2);
  });

  test("stores a chunk once whose first insert got no answer", async () => {
    const bucket = openBucket(db);
    const blobId = new ObjectId();
    const { judge } = proxy;
    proxy.judge = (bytes) => (commandNameOf(bytes) === "insert" ? "lose" : judge(bytes));
    const writer = new BlobWriter({ bucket, blobId, cipher: undefined });

    await writer.append(Buffer.from("hello"));
    await writer.finish();

    const chunks = await bucket.chunks.find({ files_id: blobId }).toArray();
    expect(chunks.map(({ n, data }) => [n, String(data)])).toEqual([[0, "hello"]]);
    expect(refused).toBe(1);
  });
});

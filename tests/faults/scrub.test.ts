import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Binary, Db, ObjectId } from "mongodb";
import type { EncryptionKey } from "../../common/platform/setting.js";
import { CHUNK_SIZE_BYTES, openBucket } from "../../common/storage/bucket.js";
import type { DamagedBlobDoc } from "../../common/damaged-blobs/repository.js";
import { keyText, newKey } from "../support/blobs.js";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { readExposition, type ReadMetric, valueOf } from "../support/exposition.js";
import { built } from "../support/processes.js";
import { StreamingClient } from "../support/streaming-client.js";

const MIB = 1024 ** 2;
const TOKEN = randomBytes(32).toString("hex");

const SIZE_BYTES = 4 * MIB + 1000;
const LAST_CHUNK = Math.floor(SIZE_BYTES / CHUNK_SIZE_BYTES);

/** Slow enough that a process can be killed inside a blob, for which its place is kept every two seconds. */
const SLOW = MIB;
const FAST = 1000 * MIB;

let deployment: Deployment;

afterEach(() => deployment.close());

interface Prepared {
  readonly keys?: readonly EncryptionKey[];
  readonly bytesPerSecond: number;
  readonly files: number;
}

/** A deployment in which some files are stored, and the scrub has not begun. @returns Their blobs, as the scrub reads them. */
async function prepare({ keys = [], bytesPerSecond, files }: Prepared): Promise<ObjectId[]> {
  deployment = await Deployment.prepare({
    settings: {
      METRICS_TOKEN: TOKEN,
      ENCRYPTION_KEYS: keys.map(keyText).join(","),
      SCRUB_BYTES_PER_SECOND: String(bytesPerSecond),
    },
  });
  await deployment.startPart("web");
  const client = await StreamingClient.register(deployment.url);
  for (let n = 0; n < files; n += 1) {
    const { status } = await client.put(`${n}`, makeContent(SIZE_BYTES).bytes());
    expect(status).toBe(201);
  }
  return deployment.withDb(async (db) => {
    const blobs = await openBucket(db).files.find().sort({ _id: 1 }).toArray();
    return blobs.map(({ _id }) => _id);
  });
}

/** Changes one bit of one chunk of a blob, as a disk may. */
const flipBit = (blobId: ObjectId | undefined, n: number) =>
  deployment.withDb((db) => flipBitIn(db, blobId, n));

async function flipBitIn(db: Db, blobId: ObjectId | undefined, n: number): Promise<void> {
  const { chunks } = openBucket(db);
  const chunk = blobId && (await chunks.findOne({ files_id: blobId, n }));
  if (!chunk) throw new Error(`There is no chunk ${n}`);
  const data = Buffer.from((chunk.data as Binary).buffer);
  data[1000] = (data[1000] ?? 0) ^ 8;
  await chunks.updateOne({ _id: chunk._id }, { $set: { data } });
}

async function scrape(): Promise<ReadonlyMap<string, ReadMetric>> {
  const response = await fetch(`${deployment.url}/metrics`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  return readExposition(await response.text());
}

/** The metrics, once a whole round of the scrub is over. */
function untilCompleted(): Promise<ReadonlyMap<string, ReadMetric>> {
  return untilAnswered(async () => {
    const metrics = await scrape();
    return metrics.has("stowage_scrub_last_completed_timestamp_seconds") ? metrics : undefined;
  });
}

/** How many bytes of a blob were read when the scrub last noted it; waits until there are any. */
function untilInside(blobId: ObjectId): Promise<number> {
  return deployment.withDb((db) =>
    untilAnswered(async () => {
      const document = await db.collection("sweeps").findOne({ "within.blobId": blobId });
      const within = document?.["within"] as { offset: number } | undefined;
      return within?.offset;
    }),
  );
}

/** A worker that is killed inside a blob. @returns How many bytes of it the scrub had noted. */
async function killInside(blobId: ObjectId): Promise<number> {
  await deployment.startPart("worker");
  const reached = await untilInside(blobId);
  await deployment.kill("worker");
  await endLease();
  return reached;
}

/** As if the lease of the worker that was killed had ended. */
const endLease = () =>
  deployment.withDb((db) =>
    db
      .collection<{ _id: string }>("sweeps")
      .updateOne({ _id: "scrub" }, { $set: { leaseUntil: new Date(0) } }),
  );

const listDamaged = () =>
  deployment.withDb((db) =>
    db.collection<DamagedBlobDoc>("damagedBlobs").find().sort({ _id: 1 }).toArray(),
  );

describe("A worker that scrubs", () => {
  test("finds a flipped bit, which the metrics, the list and the log then show", async () => {
    const [blob] = await prepare({ bytesPerSecond: FAST, files: 1 });
    await flipBit(blob, 3);

    await deployment.startPart("worker");
    const metrics = await untilCompleted();

    expect(valueOf(metrics, "stowage_damaged_blobs", { kind: "altered" })).toBe(1);
    expect(valueOf(metrics, "stowage_damaged_blobs", { kind: "missing-chunks" })).toBe(0);
    expect(valueOf(metrics, "stowage_scrub_blobs_total", { verdict: "damaged" })).toBe(1);
    expect(valueOf(metrics, "stowage_scrub_read_bytes_total")).toBe(SIZE_BYTES);
    const inspected = { queue: "jobs", name: "version.process", outcome: "done" };
    expect(valueOf(metrics, "stowage_job_tries_total", inspected)).toBe(1);
    await untilAnswered(async () => {
      const waiting = { queue: "jobs", state: "waiting" };
      return valueOf(await scrape(), "stowage_jobs", waiting) === 0 || undefined;
    });
    expect(valueOf(metrics, "process_resident_memory_bytes")).toBeGreaterThan(1e7);
    const [damaged] = await listDamaged();
    const blobId = damaged?._id.toHexString() ?? "none";
    expect(deployment.failures("worker").join()).toContain(blobId);
    const command = promisify(execFile)(
      process.execPath,
      [built("common/maintenance/scrub"), "--list"],
      { env: { ...deployment.settings, PATH: process.env["PATH"] } },
    );
    await expect(command).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(` altered blob=${blobId} `),
    });
  }, 300_000);

  test("and is killed inside each blob is followed by one that goes on there, reads no byte twice, and knows of damage on both sides", async () => {
    const blobs = await prepare({ bytesPerSecond: SLOW, files: 3 });
    const [, after, before] = blobs;
    await flipBit(after, LAST_CHUNK);
    await flipBit(before, 0);

    const reached: number[] = [];
    for (const blob of blobs) reached.push(await killInside(blob));
    await deployment.startPart("worker");
    const metrics = await untilCompleted();

    expect(Math.min(...reached)).toBeGreaterThan(MIB);
    expect(valueOf(metrics, "stowage_scrub_read_bytes_total")).toBe(3 * SIZE_BYTES);
    expect(valueOf(metrics, "stowage_scrub_blobs_total", { verdict: "sound" })).toBe(1);
    expect(valueOf(metrics, "stowage_damaged_blobs", { kind: "altered" })).toBe(2);
    expect(await listDamaged()).toMatchObject([
      { _id: after, kind: "altered" },
      { _id: before, kind: "altered" },
    ]);
  }, 240_000);

  test("and is killed inside each encrypted blob is followed by one that does the same", async () => {
    const blobs = await prepare({ keys: [newKey("k1")], bytesPerSecond: SLOW, files: 2 });
    const [, after] = blobs;
    await flipBit(after, LAST_CHUNK);

    const reached: number[] = [];
    for (const blob of blobs) reached.push(await killInside(blob));
    await deployment.startPart("worker");
    const metrics = await untilCompleted();

    expect(Math.min(...reached)).toBeGreaterThan(MIB);
    // The frame that was altered gives no bytes; to read on from anywhere else would be a mebibyte more at least.
    const readBytes = valueOf(metrics, "stowage_scrub_read_bytes_total");
    expect(readBytes).toBeLessThan(2 * SIZE_BYTES);
    expect(readBytes).toBeGreaterThan(2 * SIZE_BYTES - CHUNK_SIZE_BYTES);
    expect(valueOf(metrics, "stowage_scrub_blobs_total", { verdict: "sound" })).toBe(1);
    expect(await listDamaged()).toMatchObject([{ _id: after, kind: "altered" }]);
  }, 240_000);
});

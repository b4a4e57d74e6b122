import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Binary, Db } from "mongodb";
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

const SIZE_BYTES = 3 * MIB + 1000;

/** Slow enough that a process can be killed inside the blob, for which its place is kept every two seconds. */
const SLOW = MIB;
const FAST = 1000 * MIB;

let deployment: Deployment;

afterEach(() => deployment.close());

/** A deployment in which one file is stored, and the scrub has not begun. */
async function prepare(keys: readonly EncryptionKey[], bytesPerSecond = SLOW): Promise<void> {
  deployment = await Deployment.prepare({
    settings: {
      METRICS_TOKEN: TOKEN,
      ENCRYPTION_KEYS: keys.map(keyText).join(","),
      SCRUB_BYTES_PER_SECOND: String(bytesPerSecond),
    },
  });
  await deployment.startPart("web");
  const client = await StreamingClient.register(deployment.url);
  const { status } = await client.put("a", makeContent(SIZE_BYTES).bytes());
  expect(status).toBe(201);
}

/** Changes one bit of one chunk of the only blob, as a disk may. */
async function flipBit(db: Db, n: number): Promise<void> {
  const { chunks } = openBucket(db);
  const chunk = await chunks.findOne({ n });
  if (chunk === null) throw new Error(`There is no chunk ${n}`);
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

/** How many bytes of the blob were read when the scrub last noted it; waits until there are any. */
function untilInsideBlob(): Promise<number> {
  return untilAnswered(() =>
    deployment.withDb(async (db) => {
      const document = await db
        .collection("sweeps")
        .findOne({ within: { $ne: null, $exists: true } });
      const within = document?.["within"] as { offset: number } | undefined;
      return within?.offset;
    }),
  );
}

/** As if the lease of the worker that was killed had ended. */
const endLease = () =>
  deployment.withDb((db) =>
    db
      .collection<{ _id: string }>("sweeps")
      .updateOne({ _id: "scrub" }, { $set: { leaseUntil: new Date(0) } }),
  );

const listDamaged = () =>
  deployment.withDb((db) => db.collection<DamagedBlobDoc>("damagedBlobs").find().toArray());

describe("A worker that scrubs", () => {
  test("finds a flipped bit, which the metrics, the list and the log then show", async () => {
    await prepare([], FAST);
    await deployment.withDb((db) => flipBit(db, 3));

    await deployment.startPart("worker");
    const metrics = await untilCompleted();

    expect(valueOf(metrics, "stowage_damaged_blobs", { kind: "altered" })).toBe(1);
    expect(valueOf(metrics, "stowage_damaged_blobs", { kind: "missing-chunks" })).toBe(0);
    expect(valueOf(metrics, "stowage_scrub_blobs_total", { verdict: "damaged" })).toBe(1);
    expect(valueOf(metrics, "stowage_scrub_read_bytes_total")).toBe(SIZE_BYTES);
    const inspected = { queue: "jobs", name: "file.inspect", outcome: "done" };
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
  }, 60_000);

  describe.each([
    ["plain", []],
    ["sealed", [newKey("k1")]],
  ])("%s content, and is killed inside a blob", (_how, keys) => {
    test("is followed by one that goes on there, and reads no byte that was counted again", async () => {
      await prepare(keys);
      await deployment.startPart("worker");
      const reached = await untilInsideBlob();
      await deployment.kill("worker");

      await endLease();
      await deployment.startPart("worker");
      const metrics = await untilCompleted();

      expect(reached).toBeGreaterThan(MIB);
      expect(valueOf(metrics, "stowage_scrub_read_bytes_total")).toBe(SIZE_BYTES);
      expect(valueOf(metrics, "stowage_scrub_blobs_total", { verdict: "sound" })).toBe(1);
      expect(await listDamaged()).toEqual([]);
    }, 60_000);

    test("is followed by one that finds what is wrong behind that place", async () => {
      await prepare(keys);
      await deployment.withDb((db) => flipBit(db, Math.floor(SIZE_BYTES / CHUNK_SIZE_BYTES)));
      await deployment.startPart("worker");
      await untilInsideBlob();
      await deployment.kill("worker");

      await endLease();
      await deployment.startPart("worker");
      const metrics = await untilCompleted();

      expect(valueOf(metrics, "stowage_damaged_blobs", { kind: "altered" })).toBe(1);
    }, 60_000);
  });

  test("and was killed behind a flipped bit is followed by one that knows of it", async () => {
    await prepare([]);
    await deployment.withDb((db) => flipBit(db, 0));
    await deployment.startPart("worker");
    await untilInsideBlob();
    await deployment.kill("worker");

    await endLease();
    await deployment.startPart("worker");
    await untilCompleted();

    expect(await listDamaged()).toMatchObject([{ kind: "altered" }]);
  }, 60_000);
});

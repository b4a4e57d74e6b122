import { describe, expect, test } from "@jest/globals";
import { ObjectId } from "mongodb";
import { openScrub } from "../../../common/maintenance/scrub/open.js";
import { createPace } from "../../../common/maintenance/scrub/pace.js";
import { openRecords } from "../../../common/product.js";
import { CHUNK_SIZE_BYTES, openBucket } from "../../../common/storage/bucket.js";
import { listed, type Stored, storeFile, useScrubWorld } from "./scrub-world.js";

const SIZE_BYTES = 2 * CHUNK_SIZE_BYTES + 5000;

describe("The rounds of the scrub", () => {
  const world = useScrubWorld();

  /** The scrub of a process of its own, at an instant. */
  function scrubAt(now: Date) {
    const { db } = world().mongo;
    const settings = { encryptionKeys: [], scrubBytesPerSecond: 2 ** 40, scrubIntervalDays: 30 };
    const records = openRecords({ db, settings, now: () => now });
    return openScrub({ ...records, db, settings, log: world().logs.log, now: () => now });
  }

  const ended = () =>
    world().logs.lines.filter(({ msg }) => msg === "The scrub has read everything");

  test("begin when the last began an interval ago, and not sooner", async () => {
    const { blobId } = await storeFile(world(), 100);
    const { signal } = new AbortController();
    const start = Date.now();
    const days = (count: number) => new Date(start + count * 86_400_000);
    await scrubAt(days(0)).run(signal);
    await openBucket(world().mongo.db).chunks.deleteMany({ files_id: blobId });

    await scrubAt(days(1)).run(signal);
    await scrubAt(days(29.9)).run(signal);
    const before = await listed(world(), blobId);
    await scrubAt(days(30)).run(signal);

    expect(before).toBeNull();
    expect(await listed(world(), blobId)).toMatchObject({ kind: "missing-chunks" });
  });

  test("are gone on with where a process stopped, and shared by none", async () => {
    const stored: Stored[] = [];
    for (let n = 0; n < 4; n += 1) stored.push(await storeFile(world(), SIZE_BYTES));
    const ids = stored.map(({ blobId }) => blobId.toHexString()).sort();
    const [first = new ObjectId(), second = first] = ids.map((id) => new ObjectId(id));
    const sweeps = world().mongo.db.collection<{ _id: string; after: ObjectId }>("sweeps");
    const later = new Date(Date.now() + 100 * 86_400_000);
    const already = ended().length;
    await scrubAt(later).run(new AbortController().signal);
    await sweeps.updateOne({ _id: "scrub" }, { $set: { after: first, endedAt: null } });
    await openBucket(world().mongo.db).chunks.deleteMany({ files_id: { $in: [first, second] } });

    const { signal } = new AbortController();
    await Promise.all([1, 2, 3].map(() => scrubAt(later).run(signal)));

    expect(ended().length).toBe(already + 2);
    expect(await listed(world(), first)).toBeNull();
    expect(await listed(world(), second)).not.toBeNull();
  });

  test("end at once with the process, even between two bytes", async () => {
    const stopping = new AbortController();
    const waiting = createPace(1)(1_000_000, stopping.signal);

    stopping.abort(new Error("The worker is stopping"));

    await expect(waiting).rejects.toThrow();
  });

  test("lose nothing when one is stopped: the next process goes on", async () => {
    const { blobId } = await storeFile(world(), SIZE_BYTES);
    await openBucket(world().mongo.db).chunks.deleteMany({ files_id: blobId });
    const later = new Date(Date.now() + 200 * 86_400_000);
    const stopped = AbortSignal.abort(new Error("The worker is stopping"));

    await expect(scrubAt(later).run(stopped)).rejects.toThrow("The worker is stopping");
    await scrubAt(later).run(new AbortController().signal);

    expect(await listed(world(), blobId)).toMatchObject({ kind: "missing-chunks" });
  });
});

import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CHUNK_SIZE_BYTES as FRAME } from "../../../common/storage/bucket.js";
import { openWebProduct } from "../../../common/product.js";
import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const SIZE = 3 * FRAME + 7;

const world = useWorld();

/** Two web processes that cannot hear each other's leases: only the ledger stands between their writers. */
function deafServices() {
  const { redis, mongo, config, logs } = world();
  const prefix = newId();
  const services = openWebProduct({
    db: mongo.db,
    redis,
    settings: { ...config, redisPrefix: prefix },
    log: logs.log,
    now: () => new Date(),
  });
  const close = async () => {
    await services.close();
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
  };
  return { uploads: services.resumableUploads, close };
}

const once = (bytes: Buffer) => () => Readable.from([bytes]);

describe("Writers of one upload that do not hear each other", () => {
  test("never mix their bytes: the file is what its last writers sent, wherever the earlier ones stop", async () => {
    const client = await world().member();
    const actor = await world().actorOf(client);
    const place = await world().services.access.place(actor, "root");
    const [first, second] = [deafServices(), deafServices()];
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              isSecond: fc.boolean(),
              bytes: fc.integer({ min: 1, max: 2 * FRAME }),
              isStaleLater: fc.boolean(),
            }),
            { minLength: 1, maxLength: 5 },
          ),
          async (steps) => {
            const name = newId();
            const { upload } = await first.uploads.create(place, {
              name,
              claimedType: null,
              expectedBytes: SIZE,
              onConflict: "version",
              condition: null,
              metadata: null,
              claimedSha256: null,
              isPart: false,
              concat: null,
            });
            let kept = Buffer.alloc(0);
            const stale: ResumableUpload[] = [];
            for (const { isSecond, bytes, isStaleLater } of steps) {
              const { uploads } = isSecond ? second : first;
              const held = await uploads.open(actor, upload._id);
              if (isStaleLater) {
                stale.push(held);
                continue;
              }
              const piece = randomBytes(Math.min(bytes, SIZE - 1 - kept.length));
              // Whoever was overtaken tries to write in the same place, at the same time and after.
              await Promise.all([held.append(once(piece)), refuseAll(stale)]);
              await refuseAll(stale);
              kept = Buffer.concat([kept, piece]);
              await held.release();
            }
            const last = await second.uploads.open(actor, upload._id);
            const rest = randomBytes(SIZE - kept.length);
            await Promise.all([last.append(once(rest)), refuseAll(stale)]);
            await refuseAll(stale);
            await last.release();

            const fileId = last.fileId ?? "";
            const { bytes } = await client.get(`/api/v1/files/${fileId}`);
            expect(bytes.equals(Buffer.concat([kept, rest]))).toBe(true);
          },
        ),
        { numRuns: 8, endOnFailure: true },
      );
    } finally {
      await first.close();
      await second.close();
    }
  });
});

async function refuseAll(stale: readonly ResumableUpload[]): Promise<void> {
  for (const held of stale) {
    const missing = SIZE - Number(held.upload.resumable.offset);
    const bytes = randomBytes(Math.min(FRAME + 1, missing));
    await expect(held.append(once(bytes))).rejects.toMatchObject({ code: "upload-taken-over" });
  }
}

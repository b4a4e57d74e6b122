import { describe, expect, test } from "@jest/globals";
import { encodeDocument } from "../src/bson/document.js";
import { BufferPool } from "../src/wire/buffer-pool.js";
import { CursorReply } from "../src/wire/cursor-reply.js";

const KIB = 1024;
const MIB = 1024 * KIB;

/** The largest buffer that a reply of so many documents took from a pool, in bytes. */
function largestTaken(documents: number, limits: { documents?: number; bytes: number }): number {
  const pool = new BufferPool(256 * MIB);
  const reply = new CursorReply(pool, "firstBatch", limits);
  const document = encodeDocument({ n: 0, data: Buffer.alloc(127 * KIB) });
  for (let count = 0; count < documents; count += 1) reply.add(document);
  const { body, release } = reply.finish({ id: 0n, namespace: "bucket.chunks" });
  expect(body.length).toBeGreaterThan(documents * 127 * KIB);
  release?.();
  let largest = 0;
  for (let idle = pool.takeIdle(1); idle !== undefined; idle = pool.takeIdle(1))
    largest = Math.max(largest, idle.length);
  return largest;
}

describe("The buffer of a reply of large documents", () => {
  test.each([
    [1, 128 * KIB],
    [2, 256 * KIB],
    [8, MIB],
  ])("holds the %i that may come", (documents, bytes) => {
    expect(largestTaken(documents, { documents, bytes: 16 * MIB })).toBe(bytes);
  });

  test("holds a whole batch where nobody says how many will come", () => {
    expect(largestTaken(3, { bytes: 16 * MIB })).toBe(32 * MIB);
  });
});

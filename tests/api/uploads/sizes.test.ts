import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES as CHUNK } from "../../../common/storage/bucket.js";
import { useWorld } from "../../support/use-world.js";

const MIB = 1024 ** 2;

const world = useWorld();

const SIZES = [
  0,
  1,
  CHUNK - 1,
  CHUNK,
  CHUNK + 1,
  2 * CHUNK,
  4 * CHUNK,
  4 * CHUNK + 1,
  16 * MIB + 1,
];

describe.each(SIZES)("A file of %i bytes", (size) => {
  test.each(["a raw body", "a form"])("comes back as it was sent, as %s", async (door) => {
    const client = await world().member();
    const bytes = randomBytes(size);

    const file =
      door === "a form"
        ? (await client.upload([{ name: "file", bytes }])).json.items[0]?.file
        : await client.store("file", bytes);

    expect(file).toMatchObject({
      sizeBytes: size,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    const path = file?.links.content ?? "";
    expect((await client.get(path)).bytes.equals(bytes)).toBe(true);
    expect((await client.head(path)).headers["content-length"]).toBe(String(size));
    expect(
      await world().mongo.db.collection("blobs.chunks").countDocuments(),
    ).toBeGreaterThanOrEqual(Math.ceil(size / CHUNK));
  });

  test("gives every range across a border of its chunks", async () => {
    const client = await world().member();
    const bytes = randomBytes(size);
    const { links } = await client.store("file", bytes);
    const borders = [0, CHUNK, 2 * CHUNK, 4 * CHUNK, size].filter((border) => border <= size);

    for (const border of borders) {
      for (const [first, last] of [
        [border - 1, border],
        [border, border],
        [border - 2, border - 1],
      ]) {
        if (first === undefined || last === undefined || first < 0 || first >= size) continue;
        const { status, bytes: found } = await client.get(links.content, {
          Range: `bytes=${first}-${last}`,
        });
        expect(status).toBe(206);
        expect(found.equals(bytes.subarray(first, last + 1))).toBe(true);
      }
    }
  });
});

test("A file of 0 bytes has no chunk, and no range", async () => {
  const client = await world().member();
  const before = await world().mongo.db.collection("blobs.chunks").countDocuments();
  const { links } = await client.store("empty", "");

  const { status, headers } = await client.get(links.content, { Range: "bytes=0-" });

  expect(status).toBe(416);
  expect(headers["content-range"]).toBe("bytes */0");
  expect(await world().mongo.db.collection("blobs.chunks").countDocuments()).toBe(before);
});

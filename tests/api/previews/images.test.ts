import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import type { FileJson } from "../../support/answer-json.js";
import { newKey } from "../../support/blobs.js";
import { colourAt, gifOf, picture, pngBomb } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on", encryptionKeys: [newKey("k1")] });

/** A file of somebody, when its pipeline is over. */
async function stored(content: Buffer | string, name = "a") {
  const client = await world().member();
  const { json } = await client.put(`/api/v1/files?name=${name}`, content, {
    "If-None-Match": "*",
  });
  await world().settle();
  const { id, links, versionId } = json as FileJson;
  const path = `/api/v1/files/${id}/preview`;
  const metadata = async () => (await client.get(links.metadata)).json;
  return { client, id, versionId, path, metadata };
}

describe("GET /files/{id}/preview", () => {
  test.each(["jpeg", "png", "gif", "webp", "avif", "tiff"] as const)(
    "shows a picture of a file of the format %s, in three sizes",
    async (format) => {
      const { client, path, metadata } = await stored(
        await picture({ width: 1600, height: 600, format }),
      );

      const sizes = [];
      for (const size of [64, 256, 1024]) {
        const answer = await client.get(`${path}?size=${size}`);
        expect(answer).toMatchObject({ status: 200, headers: { "content-type": "image/webp" } });
        const { width, height } = await sharp(answer.bytes).metadata();
        sizes.push([width, height]);
        expect(await colourAt(answer.bytes, 3, 3)).toBe("255,0,0");
        expect(await colourAt(answer.bytes, 3, height - 3)).toBe("0,0,255");
      }

      expect(sizes).toEqual([
        [64, 24],
        [256, 96],
        [1024, 384],
      ]);
      expect(await metadata()).toMatchObject({
        state: "ready",
        preview: { url: path, sizes: [64, 256, 1024], types: ["image/webp", "image/avif"] },
        pipeline: [{}, {}, { step: "preview", outcome: "done", reason: null, attempts: 1 }, {}, {}],
      });
    },
  );

  test("turns pictures as EXIF says, and leaves all metadata out", async () => {
    const turned = await picture({ width: 600, height: 400, format: "jpeg", orientation: 6 });
    const { client, path } = await stored(turned);

    for (const accept of ["image/webp", "image/avif"]) {
      const { bytes } = await client.get(`${path}?size=256`, { Accept: accept });

      const { width, height, exif, icc, xmp, orientation } = await sharp(bytes).metadata();
      expect([width, height]).toEqual([171, 256]);
      expect({ exif, xmp, icc, orientation: orientation ?? 1 }).toEqual({ orientation: 1 });
      // What was above is at the right now.
      expect(await colourAt(bytes, 165, 100)).toBe("255,0,0");
      expect(await colourAt(bytes, 5, 100)).toBe("0,0,255");
    }
  });

  test("never enlarges a picture", async () => {
    const { client, path } = await stored(await picture({ width: 40, height: 20, format: "png" }));

    const { bytes } = await client.get(`${path}?size=1024`);

    expect(await sharp(bytes).metadata()).toMatchObject({ width: 40, height: 20 });
  });

  test("keeps what is transparent, and shows grey, CMYK and 16-bit pictures", async () => {
    const side = { width: 20, height: 20 };
    const clear = { create: { ...side, channels: 4 as const, background: "#ff000000" } };
    const red = { create: { ...side, channels: 3 as const, background: "red" } };
    const pictures = [
      await sharp(clear).png().toBuffer(),
      await sharp(red).toColourspace("b-w").png().toBuffer(),
      await sharp(red).toColourspace("cmyk").jpeg().toBuffer(),
      await sharp(red).toColourspace("rgb16").png().toBuffer(),
    ];

    const shown = [];
    for (const [n, content] of pictures.entries()) {
      const { client, path } = await stored(content, `p${n}`);
      const { bytes } = await client.get(`${path}?size=64`);
      const [r = 0, g = 0, b = 0, a = 255] = await sharp(bytes).ensureAlpha().raw().toBuffer();
      shown.push([r, g, b, a].map((value) => Math.round(value / 85)));
    }

    expect(shown.map((pixel) => pixel[3])).toEqual([0, 3, 3, 3]);
    expect(shown[1]?.[0]).toBe(shown[1]?.[1]);
    for (const pixel of [shown[2], shown[3]]) expect(pixel?.slice(0, 3)).toEqual([3, 0, 0]);
  });

  test("sends the format that Accept prefers, with an ETag of its own", async () => {
    const { client, path } = await stored(await picture({ width: 90, height: 60, format: "png" }));
    const seen = new Map<string, string>();

    const formats = [];
    for (const accept of [
      "*/*",
      "image/webp",
      "image/avif",
      "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
      "image/avif;q=0.5, image/webp",
      "image/avif;q=0, */*",
      "image/png",
    ]) {
      const { headers } = await client.get(path, { Accept: accept });
      formats.push(headers["content-type"]);
      expect(headers["vary"]).toMatch(/\bAccept\b/);
      expect(seen.get(headers["content-type"] ?? "") ?? headers["etag"]).toBe(headers["etag"]);
      seen.set(headers["content-type"] ?? "", headers["etag"] ?? "");
    }

    const [webp, avif] = ["image/webp", "image/avif"];
    expect(formats).toEqual([webp, webp, avif, avif, webp, webp, webp]);
    expect(new Set(seen.values()).size).toBe(2);
  });

  test("is cached privately, asked for again by its ETag, and runs nothing", async () => {
    const { client, path } = await stored(await picture({ width: 90, height: 60, format: "png" }));

    const first = await client.get(path);
    const head = await client.head(path);
    const known = await client.get(path, { "If-None-Match": first.headers["etag"] ?? "" });
    const other = await client.get(`${path}?size=64`, {
      "If-None-Match": first.headers["etag"] ?? "",
    });
    const failed = await client.get(path, { "If-Match": '"other"' });

    expect(first.headers).toMatchObject({
      "cache-control": "private, no-cache",
      "content-security-policy": expect.stringContaining("sandbox"),
      "x-content-type-options": "nosniff",
    });
    expect(head).toMatchObject({ status: 200, bytes: { length: 0 } });
    expect(head.headers["content-length"]).toBe(String(first.bytes.length));
    expect(head.headers["etag"]).toBe(first.headers["etag"]);
    expect([known.status, known.bytes.length]).toEqual([304, 0]);
    expect(known.headers["vary"]).toMatch(/\bAccept\b/);
    expect([other.status, failed.status]).toEqual([200, 412]);
  });

  test("shows each version of a file", async () => {
    const { client, id, versionId, path } = await stored(
      await picture({ width: 40, height: 20, format: "png" }),
    );
    await client.put(
      "/api/v1/files?name=a",
      await picture({ width: 20, height: 40, format: "gif" }),
    );
    await world().settle();

    const current = await client.get(path);
    const former = await client.get(`${path}?versionId=${versionId}`);
    const none = await client.get(`${path}?versionId=${id}`);

    expect(await sharp(current.bytes).metadata()).toMatchObject({ width: 20, height: 40 });
    expect(await sharp(former.bytes).metadata()).toMatchObject({ width: 40, height: 20 });
    expect(none).toMatchObject({ status: 404, json: { code: "not-found" } });
  });

  test.each([
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg"/>', /active content|unsupported/],
    ["binary content", Buffer.alloc(100, 1), /^unsupported$/],
    ["an empty file", "", /^(?:unsupported|empty)$/],
    ["a picture of 900 million pixels", pngBomb(30_000), /^too large$/],
    ["a GIF of 4,000 million pixels", gifOf({ frames: 1, side: 65_000 }), /^too large$/],
  ])("says why there is none of %s", async (_name, content, reason) => {
    const { client, path, metadata } = await stored(content);

    const { status, json, headers } = await client.get(path);

    expect({ status, code: json.code }).toEqual({ status: 404, code: "preview-missing" });
    expect(json).toMatchObject({ outcome: "skipped", reason: expect.stringMatching(reason) });
    expect(headers).not.toHaveProperty("retry-after");
    expect(await metadata()).toMatchObject({ state: "ready", preview: null });
  });

  test("says of a damaged picture that it is, and the file is ready", async () => {
    const whole = await picture({ width: 300, height: 200, format: "jpeg" });
    const { client, path, metadata } = await stored(whole.subarray(0, whole.length / 2));

    expect((await client.get(path)).json).toMatchObject({
      ...{ code: "preview-missing", outcome: "failed", reason: "the content is damaged" },
    });
    expect(await metadata()).toMatchObject({ state: "ready", preview: null });
  });

  test("says when to ask again while it is being made", async () => {
    const client = await world().member();
    const { id } = await client.store("a", await picture({ width: 9, height: 9, format: "png" }));

    const { status, json, headers } = await client.get(`/api/v1/files/${id}/preview`);

    expect({ status, code: json.code }).toEqual({ status: 404, code: "preview-missing" });
    expect(json).toMatchObject({ outcome: null, reason: null });
    expect(headers["retry-after"]).toBe("2");
  });

  test("answers 400 to other sizes, and 404 to who may not read the file", async () => {
    const { client, path } = await stored(await picture({ width: 9, height: 9, format: "png" }));
    const stranger = await world().member();

    for (const size of ["65", "0", "-1", "x", ""]) {
      expect((await client.get(`${path}?size=${size}`)).status).toBe(400);
    }
    expect(await stranger.get(path)).toMatchObject({ status: 404, json: { code: "not-found" } });
    expect((await world().visitor().get(path)).status).toBe(401);
  });
});

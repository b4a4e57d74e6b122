import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES as FRAME } from "../../../../common/storage/bucket.js";
import { uploadMetadata } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { contentOf, newUploader, sha256 } from "./uploaders.js";

const world = useWorld();

/** As RFC 9530 has it. */
const contentDigest = (algorithm: "sha-256" | "sha-512", content: Buffer | string) =>
  `${algorithm}=:${createHash(algorithm.replace("-", "")).update(content).digest("base64")}:`;

const sha256Of = (content: Buffer | string) => contentDigest("sha-256", content);

describe("A Content-Digest", () => {
  const bytes = randomBytes(2 * FRAME + 100);

  test.each(["sha-256", "sha-512"] as const)(
    "of %s is verified: right is 204, wrong is 422 and nothing of the piece is kept",
    async (algorithm) => {
      const { client, tus } = await newUploader(world());
      const path = await tus.begin({ "Upload-Length": String(bytes.length + 3) });
      await tus.patch(path, { offset: 0, body: Buffer.from("abc") });
      const chunks = world().mongo.db.collection("blobs.chunks");
      const before = await chunks.countDocuments();
      const fields = { "Content-Digest": `md5=:AAAA:, ${contentDigest(algorithm, bytes)}` };
      const altered = Buffer.from(bytes);
      altered[5] = (altered[5] ?? 0) ^ 1;

      const refused = await tus.patch(path, { offset: 3, body: altered, fields });

      expect(refused.status).toBe(422);
      expect(refused.problem).toMatchObject({ code: "digest-mismatch", algorithm });
      expect(await tus.offset(path)).toBe(3);
      expect(await chunks.countDocuments()).toBe(before);
      const taken = await tus.patch(path, { offset: 3, body: bytes, fields });
      expect(taken.status).toBe(204);
      expect((await contentOf(client, taken.headers)).bytes.subarray(3).equals(bytes)).toBe(true);
    },
  );

  test("is compared with the bytes of a creation; when it differs, nothing is kept", async () => {
    const { client, tus } = await newUploader(world());
    const fields = { "Upload-Length": "5", "Content-Digest": sha256Of("other") };

    const { status } = await tus.create(fields, Buffer.from("hello"));

    expect(status).toBe(422);
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    expect(
      await world().mongo.db.collection("uploads").countDocuments({ state: "receiving" }),
    ).toBe(0);
  });

  test("of other algorithms alone is ignored", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "5" });

    const { status } = await tus.patch(path, {
      offset: 0,
      body: Buffer.from("hell"),
      fields: { "Content-Digest": "md5=:AAAA:" },
    });

    expect(status).toBe(204);
    expect(await tus.offset(path)).toBe(4);
    await tus.terminate(path);
  });
});

describe("A checksum", () => {
  const bytes = randomBytes(2 * FRAME + 100);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(bytes));
  const digests = {
    sha1: createHash("sha1").update(bytes).digest("base64"),
    sha256: createHash("sha256").update(bytes).digest("base64"),
    crc32: crc.toString("base64"),
  };

  test.each(Object.entries(digests))("of %s that is right is taken", async (name, digest) => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": String(bytes.length) });

    const { status } = await tus.patch(path, {
      offset: 0,
      body: bytes,
      fields: { "Upload-Checksum": `${name} ${digest}` },
    });

    expect(status).toBe(204);
  });

  test.each(Object.entries(digests))(
    "of %s that is wrong keeps nothing of the piece: 460",
    async (name, digest) => {
      const { client, tus } = await newUploader(world());
      const path = await tus.begin({ "Upload-Length": String(bytes.length + 3) });
      await tus.patch(path, { offset: 0, body: Buffer.from("abc") });
      const chunks = world().mongo.db.collection("blobs.chunks");
      const before = await chunks.countDocuments();
      const wrong = Buffer.from(bytes);
      wrong[5] = (wrong[5] ?? 0) ^ 1;

      const { status, problem } = await tus.patch(path, {
        offset: 3,
        body: wrong,
        fields: {
          "Upload-Checksum": `${name} ${digest}`,
        },
      });

      expect(status).toBe(460);
      expect(problem?.code).toBe("checksum-mismatch");
      expect(await tus.offset(path)).toBe(3);
      expect(await chunks.countDocuments()).toBe(before);
      const last = await tus.patch(path, {
        offset: 3,
        body: bytes,
        fields: { "Upload-Checksum": `${name} ${digest}` },
      });
      const stored = (await contentOf(client, last.headers)).bytes;
      expect(stored.subarray(3).equals(bytes)).toBe(true);
    },
  );

  test.each(["md5 AAAA", "sha1", "sha1 AAAA", "sha256 !!", ""])(
    "of the form %j is 400, and nothing is kept",
    async (field) => {
      const { tus } = await newUploader(world());
      const path = await tus.begin({ "Upload-Length": "5" });

      const { status } = await tus.patch(path, {
        offset: 0,
        body: Buffer.from("hello"),
        fields: {
          "Upload-Checksum": field,
        },
      });

      expect(status).toBe(400);
      expect(await tus.offset(path)).toBe(0);
      await tus.terminate(path);
    },
  );

  test("and a Content-Digest have to be right, both of them", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": String(bytes.length) });
    const right = `sha256 ${digests.sha256}`;
    const patch = (checksum: string, digest: string) =>
      tus.patch(path, {
        offset: 0,
        body: bytes,
        fields: { "Upload-Checksum": checksum, "Content-Digest": digest },
      });

    expect((await patch(right, `sha-256=:${digests.sha256.replace(/^./, "_")}:`)).status).toBe(400);
    expect((await patch(right, contentDigest("sha-512", "other"))).status).toBe(422);
    expect(
      (await patch(`sha1 ${Buffer.alloc(20).toString("base64")}`, sha256Of(bytes))).status,
    ).toBe(460);
    expect(await tus.offset(path)).toBe(0);
    expect((await patch(right, sha256Of(bytes))).status).toBe(204);
  });

  test("of the whole file is verified before the file exists", async () => {
    const { client, tus } = await newUploader(world());
    const claim = (digest: string) => uploadMetadata({ filename: "claimed", sha256: digest });
    const fields = { "Upload-Length": String(bytes.length) };
    const wrong = await tus.begin({ ...fields, ...claim(sha256(Buffer.from("else"))) });
    const right = await tus.begin({ ...fields, ...claim(sha256(bytes).toUpperCase()) });

    const refused = await tus.patch(wrong, { offset: 0, body: bytes });
    expect(refused.status).toBe(460);
    expect((await tus.head(wrong)).status).toBe(404);
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    expect((await tus.patch(right, { offset: 0, body: bytes })).status).toBe(204);
  });
});

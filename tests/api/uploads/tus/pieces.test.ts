import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES as FRAME } from "../../../../common/storage/bucket.js";
import { locationOf, uploadMetadata } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { contentOf, newUploader, sha256 } from "./uploaders.js";

const world = useWorld({ maxFileBytes: 8 * 1024 ** 2 });

describe("OPTIONS", () => {
  test("is answered without an account: version, extensions, algorithms and the largest size", async () => {
    const response = await fetch(`${world().url}/api/v1/uploads`, { method: "OPTIONS" });

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "tus-resumable": "1.0.0",
      "tus-version": "1.0.0",
      "tus-extension":
        "creation,creation-with-upload,creation-defer-length,expiration,termination,checksum,concatenation",
      "tus-checksum-algorithm": "sha1,sha256,crc32",
      "tus-max-size": String(8 * 1024 ** 2),
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("An upload in pieces", () => {
  test.each([
    ["of one byte each", 40, 1],
    ["that end at frames", 3 * FRAME, FRAME],
    ["that end around frames", 3 * FRAME + 5, FRAME - 1],
    ["larger than frames", 5 * FRAME + 17, 2 * FRAME + 3],
    ["in one", 2 * FRAME, 2 * FRAME],
  ])("%s is the file that was sent", async (_how, size, step) => {
    const { client, tus } = await newUploader(world());
    const bytes = randomBytes(size);
    const metadata = uploadMetadata({ filename: "päper.bin", filetype: "application/x-thing" });
    const path = await tus.begin({ "Upload-Length": String(size), ...metadata });

    let headers = new Headers();
    for (let at = 0; at < size; at += step) {
      const answer = await tus.patch(path, { offset: at, body: bytes.subarray(at, at + step) });
      expect(answer.status).toBe(204);
      expect(answer.headers.get("upload-offset")).toBe(String(Math.min(size, at + step)));
      ({ headers } = answer);
    }

    const { file, bytes: stored } = await contentOf(client, headers);
    expect(file).toMatchObject({
      name: "päper.bin",
      claimedType: "application/x-thing",
      sizeBytes: size,
      sha256: sha256(bytes),
    });
    expect(stored.equals(bytes)).toBe(true);
    expect(await tus.offset(path)).toBe(size);
  });

  test("of no bytes at all is an empty file at once", async () => {
    const { client, tus } = await newUploader(world());

    const { headers } = await tus.create({
      "Upload-Length": "0",
      ...uploadMetadata({ filename: "empty" }),
    });

    const { file } = await contentOf(client, headers);
    expect(file).toMatchObject({ name: "empty", sizeBytes: 0, sha256: sha256(Buffer.alloc(0)) });
  });

  test("may bring its first bytes, or all, with its creation", async () => {
    const { client, tus } = await newUploader(world());
    const bytes = randomBytes(1000);

    const first = await tus.create({ "Upload-Length": "1000" }, bytes.subarray(0, 400));
    expect(first.headers.get("upload-offset")).toBe("400");
    await tus.patch(locationOf(first.headers), {
      offset: 400,
      body: bytes.subarray(400),
    });
    const whole = await tus.create({ "Upload-Length": "1000" }, bytes);

    expect(whole.headers.get("upload-offset")).toBe("1000");
    const { file, bytes: stored } = await contentOf(client, whole.headers);
    expect(file.name).toBe("unnamed (2)");
    expect(stored.equals(bytes)).toBe(true);
  });

  test("may send its length later", async () => {
    const { client, tus } = await newUploader(world());
    const bytes = randomBytes(FRAME + 10);
    const path = await tus.begin({ "Upload-Defer-Length": "1" });

    await tus.patch(path, { offset: 0, body: bytes.subarray(0, FRAME) });
    const { headers } = await tus.head(path);
    expect(headers.get("upload-defer-length")).toBe("1");
    expect(headers.get("upload-length")).toBeNull();
    const last = await tus.patch(path, {
      offset: FRAME,
      body: bytes.subarray(FRAME),
      fields: {
        "Upload-Length": String(bytes.length),
      },
    });

    expect((await contentOf(client, last.headers)).bytes.equals(bytes)).toBe(true);
  });

  test("is described by HEAD, and says when it expires", async () => {
    const { tus } = await newUploader(world());
    const metadata = uploadMetadata({ filename: "a", colour: "red" });
    const { headers } = await tus.create({ "Upload-Length": "5", ...metadata });
    const path = locationOf(headers);

    expect(path).toMatch(/^\/api\/v1\/uploads\/[A-Za-z0-9_-]{22}$/);
    expect(Date.parse(headers.get("upload-expires") ?? "")).toBeGreaterThan(Date.now());
    const found = await tus.head(path);
    expect(found.status).toBe(200);
    expect(Object.fromEntries(found.headers)).toMatchObject({
      "upload-offset": "0",
      "upload-length": "5",
      "upload-metadata": metadata["Upload-Metadata"],
      "cache-control": "no-store",
      "tus-resumable": "1.0.0",
    });
    await tus.terminate(path);
  });

  test("can be sent by POST where a proxy knows no PATCH", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "5" });

    const { status, headers } = await tus.send("POST", path, {
      fields: {
        "X-HTTP-Method-Override": "PATCH",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
      },
      body: Buffer.from("hello"),
    });

    expect(status).toBe(204);
    expect(headers.get("upload-offset")).toBe("5");
  });

  test("can be asked about by POST where a proxy knows no HEAD, with the same answer", async () => {
    const { tus } = await newUploader(world());
    const part = { "Upload-Length": "5", "Upload-Concat": "partial" };
    const path = await tus.begin({ ...part, ...uploadMetadata({ filename: "a" }) });
    const override = { fields: { "X-HTTP-Method-Override": "HEAD" } };

    const asked = [await tus.head(path), await tus.send("POST", path, override)];

    const told = asked.map(({ status, headers }) => ({
      status,
      ...Object.fromEntries([...headers].filter(([name]) => /^(?:upload|tus|cache)-/.test(name))),
    }));
    expect(told[1]).toEqual(told[0]);
    expect(told[1]).toMatchObject({
      "upload-concat": "partial",
      "upload-metadata": "filename YQ==",
    });
    await tus.terminate(path);
  });
});

describe("DELETE", () => {
  test("removes all of an upload at once", async () => {
    const { client, tus } = await newUploader(world());
    const chunks = world().mongo.db.collection("blobs.chunks");
    const before = await chunks.countDocuments();
    const path = await tus.begin(
      { "Upload-Length": String(3 * FRAME) },
      randomBytes(2 * FRAME + 1),
    );

    expect((await tus.terminate(path)).status).toBe(204);

    expect((await tus.head(path)).status).toBe(404);
    expect((await tus.terminate(path)).status).toBe(404);
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0 });
    expect(await chunks.countDocuments()).toBe(before);
  });

  test("of a published upload is 409, and the file stays", async () => {
    const { client, tus } = await newUploader(world());
    const { headers } = await tus.create({ "Upload-Length": "3" }, Buffer.from("abc"));
    const path = locationOf(headers);

    const { status, problem } = await tus.terminate(path);

    expect([status, problem?.code]).toEqual([409, "upload-published"]);
    expect((await contentOf(client, headers)).bytes.toString()).toBe("abc");
    const again = await tus.patch(path, { offset: 3, body: Buffer.alloc(0) });
    expect(again.status).toBe(204);
    expect((await contentOf(client, headers)).bytes.toString()).toBe("abc");
  });
});

describe("An empty body", () => {
  test.each(["partial", undefined])("is a whole upload at once (%s)", async (concat) => {
    const { tus } = await newUploader(world());
    const fields = {
      "Upload-Length": "0",
      ...(concat !== undefined && { "Upload-Concat": concat }),
    };

    const { status, headers } = await tus.create(fields, Buffer.alloc(0));

    expect(status).toBe(201);
    const path = locationOf(headers);
    expect((await tus.patch(path, { offset: 0, body: Buffer.alloc(0) })).status).toBe(204);
    if (concat === "partial") await tus.terminate(path);
  });
});

import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { Long } from "mongodb";
import type { AccountDoc } from "../../../../common/accounts/account.js";
import { CHUNK_SIZE_BYTES as FRAME } from "../../../../common/storage/bucket.js";
import { TusClient, uploadMetadata } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";

const world = useWorld({ maxFileBytes: 8 * 1024 ** 2 });

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function somebody() {
  const client = await world().member();
  return { client, tus: new TusClient(client) };
}

/** What a client finds under the path that `Content-Location` gives. */
async function contentOf(client: Awaited<ReturnType<typeof somebody>>["client"], headers: Headers) {
  const { json } = await client.get(headers.get("content-location") ?? "");
  return { file: json, bytes: (await client.get(json.links.content)).bytes };
}

describe("Asking what is spoken", () => {
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
    const { client, tus } = await somebody();
    const bytes = randomBytes(size);
    const metadata = uploadMetadata({ filename: "päper.bin", filetype: "application/x-thing" });
    const path = await tus.begin({ "Upload-Length": String(size), ...metadata });

    let headers = new Headers();
    for (let at = 0; at < size; at += step) {
      const answer = await tus.patch(path, at, bytes.subarray(at, at + step));
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
    const { client, tus } = await somebody();

    const { headers } = await tus.create({
      "Upload-Length": "0",
      ...uploadMetadata({ filename: "empty" }),
    });

    const { file } = await contentOf(client, headers);
    expect(file).toMatchObject({ name: "empty", sizeBytes: 0, sha256: sha256(Buffer.alloc(0)) });
  });

  test("may bring its first bytes, or all, with its creation", async () => {
    const { client, tus } = await somebody();
    const bytes = randomBytes(1000);

    const first = await tus.create({ "Upload-Length": "1000" }, bytes.subarray(0, 400));
    expect(first.headers.get("upload-offset")).toBe("400");
    await tus.patch(first.headers.get("location") ?? "", 400, bytes.subarray(400));
    const whole = await tus.create({ "Upload-Length": "1000" }, bytes);

    expect(whole.headers.get("upload-offset")).toBe("1000");
    const { file, bytes: stored } = await contentOf(client, whole.headers);
    expect(file.name).toBe("unnamed (2)");
    expect(stored.equals(bytes)).toBe(true);
  });

  test("may say later how long it is", async () => {
    const { client, tus } = await somebody();
    const bytes = randomBytes(FRAME + 10);
    const path = await tus.begin({ "Upload-Defer-Length": "1" });

    await tus.patch(path, 0, bytes.subarray(0, FRAME));
    const { headers } = await tus.head(path);
    expect(headers.get("upload-defer-length")).toBe("1");
    expect(headers.get("upload-length")).toBeNull();
    const last = await tus.patch(path, FRAME, bytes.subarray(FRAME), {
      "Upload-Length": String(bytes.length),
    });

    expect((await contentOf(client, last.headers)).bytes.equals(bytes)).toBe(true);
  });

  test("says what it is and until when it is kept", async () => {
    const { tus } = await somebody();
    const metadata = uploadMetadata({ filename: "a", colour: "red" });
    const { headers } = await tus.create({ "Upload-Length": "5", ...metadata });
    const path = headers.get("location") ?? "";

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
    const { tus } = await somebody();
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
    const { tus } = await somebody();
    const path = await tus.begin({ "Upload-Length": String(bytes.length) });

    const { status } = await tus.patch(path, 0, bytes, { "Upload-Checksum": `${name} ${digest}` });

    expect(status).toBe(204);
  });

  test.each(Object.entries(digests))(
    "of %s that is wrong keeps nothing of the piece: 460",
    async (name, digest) => {
      const { client, tus } = await somebody();
      const path = await tus.begin({ "Upload-Length": String(bytes.length + 3) });
      await tus.patch(path, 0, Buffer.from("abc"));
      const chunks = world().mongo.db.collection("blobs.chunks");
      const before = await chunks.countDocuments();
      const wrong = Buffer.from(bytes);
      wrong[5] = (wrong[5] ?? 0) ^ 1;

      const { status, problem } = await tus.patch(path, 3, wrong, {
        "Upload-Checksum": `${name} ${digest}`,
      });

      expect(status).toBe(460);
      expect(problem?.code).toBe("checksum-mismatch");
      expect(await tus.offset(path)).toBe(3);
      expect(await chunks.countDocuments()).toBe(before);
      const last = await tus.patch(path, 3, bytes, { "Upload-Checksum": `${name} ${digest}` });
      const stored = (await contentOf(client, last.headers)).bytes;
      expect(stored.subarray(3).equals(bytes)).toBe(true);
    },
  );

  test.each(["md5 AAAA", "sha1", "sha1 AAAA", "sha256 !!", ""])(
    "of the form %j is 400, and nothing is kept",
    async (field) => {
      const { tus } = await somebody();
      const path = await tus.begin({ "Upload-Length": "5" });

      const { status } = await tus.patch(path, 0, Buffer.from("hello"), {
        "Upload-Checksum": field,
      });

      expect(status).toBe(400);
      expect(await tus.offset(path)).toBe(0);
      await tus.terminate(path);
    },
  );

  test("of the whole file is held against it before it is shown", async () => {
    const { client, tus } = await somebody();
    const claim = (digest: string) => uploadMetadata({ filename: "claimed", sha256: digest });
    const fields = { "Upload-Length": String(bytes.length) };
    const wrong = await tus.begin({ ...fields, ...claim(sha256(Buffer.from("else"))) });
    const right = await tus.begin({ ...fields, ...claim(sha256(bytes).toUpperCase()) });

    const refused = await tus.patch(wrong, 0, bytes);
    expect(refused.status).toBe(460);
    expect((await tus.head(wrong)).status).toBe(404);
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    expect((await tus.patch(right, 0, bytes)).status).toBe(204);
  });
});

describe("Parts", () => {
  test("of any sizes are put together in the order that is asked for", async () => {
    const { client, tus } = await somebody();
    const parts = [randomBytes(FRAME + 1), Buffer.alloc(0), randomBytes(3), randomBytes(2 * FRAME)];
    const paths: string[] = [];
    for (const part of parts) {
      const fields = { "Upload-Length": String(part.length), "Upload-Concat": "partial" };
      const path = await tus.begin(fields);
      if (part.length > 0) await tus.patch(path, 0, part);
      paths.push(path);
    }
    expect((await tus.head(paths[0] ?? "")).headers.get("upload-concat")).toBe("partial");
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
    const [first = "", ...others] = paths;
    const order = [...others, `http://elsewhere.example${first}`];

    const whole = await tus.create({
      "Upload-Concat": `final;${order.join(" ")}`,
      ...uploadMetadata({ filename: "whole" }),
    });

    expect(whole.status).toBe(201);
    const expected = Buffer.concat([...parts.slice(1), ...parts.slice(0, 1)]);
    const { file, bytes } = await contentOf(client, whole.headers);
    expect(file).toMatchObject({ name: "whole", sha256: sha256(expected) });
    expect(bytes.equals(expected)).toBe(true);
    const found = await tus.head(whole.headers.get("location") ?? "");
    expect(found.headers.get("upload-concat")).toBe(`final;${[...others, first].join(" ")}`);
    expect(found.headers.get("upload-offset")).toBe(String(expected.length));
    expect((await tus.head(first)).status).toBe(404);
  });

  test("that are not whole, no parts, somebody else's or named twice are refused, and stay", async () => {
    const { tus } = await somebody();
    const stranger = (await somebody()).tus;
    const part = { "Upload-Length": "3", "Upload-Concat": "partial" };
    const unfinished = await tus.begin(part, Buffer.from("ab"));
    const finished = await tus.begin(part, Buffer.from("abc"));
    const noPart = await tus.begin({ "Upload-Length": "3" });
    const foreign = await stranger.begin(part, Buffer.from("abc"));
    const join = async (...paths: string[]) =>
      (await tus.create({ "Upload-Concat": `final;${paths.join(" ")}` })).status;

    expect(await join(finished, unfinished)).toBe(409);
    expect(await join(finished, noPart)).toBe(409);
    expect(await join(finished, foreign)).toBe(404);
    expect(await join(finished, finished)).toBe(400);
    expect(await join()).toBe(400);
    expect(await join("/etc/passwd")).toBe(400);
    expect(await join(`${finished}/../../x`)).toBe(400);
    expect(await tus.offset(finished)).toBe(3);
    for (const path of [unfinished, finished, noPart]) await tus.terminate(path);
    await stranger.terminate(foreign);
  });
});

describe("What is refused", () => {
  test("a wrong offset, with the right one", async () => {
    const { tus } = await somebody();
    const path = await tus.begin({ "Upload-Length": "10" }, Buffer.from("abc"));

    const { status, problem } = await tus.patch(path, 2, Buffer.from("x"));

    expect(status).toBe(409);
    expect(problem).toMatchObject({ code: "offset-conflict", offset: 3 });
    await tus.terminate(path);
  });

  test("more than was announced, or than a file may have", async () => {
    const { tus } = await somebody();
    const path = await tus.begin({ "Upload-Length": "3" });

    expect((await tus.patch(path, 0, Buffer.from("abcd"))).status).toBe(413);
    expect((await tus.create({ "Upload-Length": String(8 * 1024 ** 2 + 1) })).status).toBe(413);
    expect(await tus.offset(path)).toBe(0);
    await tus.terminate(path);
  });

  test.each([
    [{}, 400],
    [{ "Upload-Length": "-1" }, 400],
    [{ "Upload-Length": "1e3" }, 400],
    [{ "Upload-Length": "5", "Upload-Defer-Length": "1" }, 400],
    [{ "Upload-Defer-Length": "2" }, 400],
    [{ "Upload-Length": "5", "Upload-Metadata": "filename !!" }, 400],
    [{ "Upload-Length": "5", "Upload-Metadata": "a YQ==,a YQ==" }, 400],
    [{ "Upload-Length": "5", "Upload-Concat": "both" }, 400],
    [{ "Upload-Length": "5", ...uploadMetadata({ filename: "a/b" }) }, 400],
    [{ "Upload-Length": "5", ...uploadMetadata({ sha256: "abc" }) }, 400],
    [{ "Upload-Length": "5", ...uploadMetadata({ onConflict: "explode" }) }, 400],
    [{ "Upload-Length": "5", "Tus-Resumable": "0.2.2" }, 412],
  ])("a creation with %j", async (fields, status) => {
    const { tus } = await somebody();

    const answer = await tus.create(fields);

    expect(answer.status).toBe(status);
    expect(answer.problem?.requestId).toMatch(/./);
    expect(
      await world().mongo.db.collection("uploads").countDocuments({ state: "receiving" }),
    ).toBe(0);
  });

  test("pieces without an offset or of another type", async () => {
    const { tus } = await somebody();
    const path = await tus.begin({ "Upload-Length": "3" });
    const body = Buffer.from("abc");

    const noOffset = { "Content-Type": "application/offset+octet-stream" };
    expect((await tus.send("PATCH", path, { fields: noOffset, body })).status).toBe(400);
    const otherType = { "Content-Type": "text/plain", "Upload-Offset": "0" };
    expect((await tus.send("PATCH", path, { fields: otherType, body })).status).toBe(415);
    await tus.terminate(path);
  });

  test("everything, without an account or with another's", async () => {
    const { tus } = await somebody();
    const path = await tus.begin({ "Upload-Length": "3" });
    const stranger = (await somebody()).tus;
    const nobody = new TusClient({ url: world().url, cookie: "" });

    for (const [asker, status] of [
      [stranger, 404],
      [nobody, 401],
    ] as const) {
      expect((await asker.head(path)).status).toBe(status);
      expect((await asker.patch(path, 0, Buffer.from("abc"))).status).toBe(status);
      expect((await asker.terminate(path)).status).toBe(status);
    }
    expect((await nobody.create({ "Upload-Length": "3" })).status).toBe(401);
    expect(await tus.offset(path)).toBe(0);
    await tus.terminate(path);
  });

  test("what has no room in the quota, before a byte moves", async () => {
    const { client, tus } = await somebody();
    const { accountId } = await world().actorOf(client);
    await world()
      .mongo.db.collection<AccountDoc>("accounts")
      .updateOne({ _id: accountId }, { $set: { "limits.bytes": Long.fromNumber(10) } });

    expect((await tus.create({ "Upload-Length": "11" })).status).toBe(507);
    const path = await tus.begin({ "Upload-Length": "10" });
    expect((await tus.create({ "Upload-Length": "1" })).status).toBe(507);
    expect((await client.usage()).reservedBytes).toBe(10);
    await tus.terminate(path);
    expect((await client.usage()).reservedBytes).toBe(0);
  });

  test("a name that is taken, where the client says so", async () => {
    const { client, tus } = await somebody();
    await client.store("mine", "before");
    const fields = {
      "Upload-Length": "3",
      ...uploadMetadata({ filename: "mine", onConflict: "fail" }),
    };

    expect((await tus.create(fields)).status).toBe(409);
  });
});

describe("Giving an upload up", () => {
  test("removes all of it at once", async () => {
    const { client, tus } = await somebody();
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
});

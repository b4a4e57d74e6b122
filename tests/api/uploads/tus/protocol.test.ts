import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { locationOf } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { newUpload, newUploader } from "./uploaders.js";

const MAX_FILE_BYTES = 8 * 1024 ** 2;
const PIECE_TYPE = "application/offset+octet-stream";
const world = useWorld({ maxFileBytes: MAX_FILE_BYTES });

describe("A creation", () => {
  test.each([
    ["neither Upload-Length nor Upload-Defer-Length", {}, 400],
    ["both", { "Upload-Length": "5", "Upload-Defer-Length": "1" }, 400],
    ["more than Tus-Max-Size", { "Upload-Length": String(MAX_FILE_BYTES + 1) }, 413],
    ["more than a number holds exactly", { "Upload-Length": "9007199254740992" }, 413],
    ["the length of a final upload", { "Upload-Length": "5", "Upload-Concat": "final;/x" }, 400],
  ])("with %s is refused, and nothing is kept", async (_what, fields, status) => {
    const { client, tus } = await newUploader(world());

    expect((await tus.create(fields)).status).toBe(status);

    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0 });
  });

  test.each([
    ["more bytes than Upload-Length", { "Upload-Length": "4" }, 5],
    ["more bytes than Tus-Max-Size", { "Upload-Defer-Length": "1" }, MAX_FILE_BYTES + 1],
  ])("with %s in its body is 413, and nothing is kept", async (_what, fields, sizeBytes) => {
    const { client, tus } = await newUploader(world());

    const { status, problem } = await tus.create(fields, Buffer.alloc(sizeBytes));

    expect([status, problem?.code]).toEqual([413, "content-too-large"]);
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0 });
  });

  test("says where the upload goes on, how far it is and when it expires", async () => {
    const { tus } = await newUploader(world());

    const empty = await tus.create({ "Upload-Length": "5" });
    const begun = await tus.create({ "Upload-Length": "5" }, Buffer.from("abc"));
    const whole = await tus.create({ "Upload-Length": "5" }, Buffer.from("hello"));

    expect([empty, begun, whole].map(({ status }) => status)).toEqual([201, 201, 201]);
    const offsets = [empty, begun, whole].map(({ headers }) => headers.get("upload-offset"));
    expect(offsets).toEqual([null, "3", "5"]);
    for (const { headers } of [empty, begun]) expectToExpire(headers);
    expect(whole.headers.get("upload-expires")).toBeNull();
    expect(whole.headers.get("content-location")).toMatch(/\/files\/[^/]+\/metadata$/);
    for (const { headers } of [empty, begun]) await tus.terminate(locationOf(headers));
  });
});

describe("A piece", () => {
  test.each(["", "text/plain", "application/octet-stream", `${PIECE_TYPE}; charset=utf-8`])(
    "of the type %j is 415, before anything else of it counts",
    async (type) => {
      const { tus, path } = await newUpload(world());

      const fields = { "Content-Type": type, "Upload-Offset": "x" };
      const { status } = await tus.send("PATCH", path, { fields, body: Buffer.from("x") });

      expect(status).toBe(415);
      await tus.terminate(path);
    },
  );

  test("without Upload-Offset is 400", async () => {
    const { tus, path } = await newUpload(world());

    const fields = { "Content-Type": PIECE_TYPE };
    const { status } = await tus.send("PATCH", path, { fields, body: Buffer.from("x") });

    expect(status).toBe(400);
    await tus.terminate(path);
  });

  test.each([0, 2, 4, 11, 9007199254740992])(
    "at the offset %i where three bytes are stored is 409",
    async (offset) => {
      const { tus, path } = await newUpload(world());

      const { status, problem } = await tus.patch(path, { offset, body: Buffer.from("x") });

      expect(status).toBe(409);
      expect(problem).toMatchObject({ code: "offset-conflict", offset: 3 });
      expect(await tus.offset(path)).toBe(3);
      await tus.terminate(path);
    },
  );

  test("that says the length of an upload whose length is known is 400, though it is the same", async () => {
    const { tus, path } = await newUpload(world());

    const fields = { "Upload-Length": "10" };
    const { status } = await tus.patch(path, { offset: 3, body: Buffer.from("x"), fields });

    expect(status).toBe(400);
    expect(await tus.offset(path)).toBe(3);
    await tus.terminate(path);
  });

  test.each([
    ["less than is stored", 2, 400],
    ["more than Tus-Max-Size", MAX_FILE_BYTES + 1, 413],
    ["less than is stored with it", 4, 413],
  ])("that says a length of %s is refused", async (_what, length, status) => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Defer-Length": "1" }, Buffer.from("abc"));

    const fields = { "Upload-Length": String(length) };
    const answer = await tus.patch(path, { offset: 3, body: Buffer.from("xy"), fields });

    expect(answer.status).toBe(status);
    expect(await tus.offset(path)).toBe(3);
    await tus.terminate(path);
  });

  test("that is longer than what is missing is 413, and none of it is kept", async () => {
    const { tus, path } = await newUpload(world());

    const { status } = await tus.patch(path, { offset: 3, body: Buffer.alloc(8) });

    expect(status).toBe(413);
    expect(await tus.offset(path)).toBe(3);
    await tus.terminate(path);
  });

  test("is 204 with the new offset, and the time of its end as long as bytes are missing", async () => {
    const { tus, path } = await newUpload(world());

    const none = await tus.patch(path, { offset: 3, body: Buffer.alloc(0) });
    const some = await tus.patch(path, { offset: 3, body: Buffer.from("defg") });
    const last = await tus.patch(path, { offset: 7, body: Buffer.from("hij") });

    expect([none, some, last].map(({ status }) => status)).toEqual([204, 204, 204]);
    const offsets = [none, some, last].map(({ headers }) => headers.get("upload-offset"));
    expect(offsets).toEqual(["3", "7", "10"]);
    for (const { headers } of [none, some]) expectToExpire(headers);
    expect(last.headers.get("upload-expires")).toBeNull();
    expect(last.headers.get("content-location")).toMatch(/\/files\/[^/]+\/metadata$/);
  });
});

describe("An override of the method", () => {
  test.each([undefined, "", "GET", "PUT", "POST"])(
    "by %j is 405, with what it may be",
    async (by) => {
      const { tus, path } = await newUpload(world());

      const fields = by === undefined ? {} : { "X-HTTP-Method-Override": by };
      const { status, headers } = await tus.send("POST", path, { fields });

      expect([status, headers.get("allow")]).toEqual([405, "DELETE, HEAD, PATCH"]);
      await tus.terminate(path);
    },
  );

  test("by delete ends the upload, in any letter case", async () => {
    const { tus, path } = await newUpload(world());

    const fields = { "X-HTTP-Method-Override": "delete" };
    expect((await tus.send("POST", path, { fields })).status).toBe(204);

    expect((await tus.head(path)).status).toBe(404);
  });
});

describe("An upload that does not exist", () => {
  test.each(["/api/v1/uploads/x", `/api/v1/uploads/${randomBytes(16).toString("base64url")}`])(
    "is 404 (%s)",
    async (path) => {
      const { tus } = await newUploader(world());

      expect((await tus.head(path)).status).toBe(404);
      expect((await tus.patch(path, { offset: 0, body: Buffer.from("x") })).status).toBe(404);
      expect((await tus.terminate(path)).status).toBe(404);
    },
  );
});

/** `Upload-Expires` is a date in the future as RFC 9110 §5.6.7 has it. */
function expectToExpire(headers: Headers): void {
  const field = headers.get("upload-expires") ?? "";
  expect(new Date(field).toUTCString()).toBe(field);
  expect(Date.parse(field)).toBeGreaterThan(Date.now());
}

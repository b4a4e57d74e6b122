import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newKey } from "../../../support/blobs.js";
import { eventually } from "../../../support/eventually.js";
import type { TusClient } from "../../../support/tus-client.js";
import { useWorld } from "../../../support/use-world.js";
import { contentOf, newUploader, sha256 } from "./uploaders.js";

const SIZE = 600_000;

/** The tail of an interrupted upload is encrypted, and the next request decrypts it. */
const world = useWorld({ encryptionKeys: [newKey("k1")] });

/** A request that announces all missing bytes, sends some of them, and then nothing more. */
async function sendAndHang(cookie: string, path: string, bytes: Buffer) {
  const raw = await world().raw();
  raw.send(
    [
      `PATCH ${path} HTTP/1.1`,
      "Host: stowage",
      `Cookie: ${cookie}`,
      "Tus-Resumable: 1.0.0",
      "Content-Type: application/offset+octet-stream",
      "Upload-Offset: 0",
      `Content-Length: ${SIZE}`,
      "Expect: 100-continue",
      "\r\n",
    ].join("\r\n"),
  );
  await raw.received(/100 Continue/);
  raw.send(bytes);
  return raw;
}

/** Waits until the server has bytes of the hanging request. Each HEAD takes the upload over, so the first one that finds any finds all. */
const offsetOf = (tus: TusClient, path: string) =>
  eventually(
    () => tus.offset(path),
    (offset) => offset > 0,
  );

describe("An upload whose request hangs", () => {
  test.each(["the same", "another"])(
    "is taken over through %s web process, and what had arrived counts",
    async (which) => {
      const { client, tus } = await newUploader(world());
      const other = which === "another" ? tus.at(await world().addWeb()) : tus;
      const content = randomBytes(SIZE);
      const path = await tus.begin({ "Upload-Length": String(SIZE) });
      const hanging = await sendAndHang(client.cookie, path, content.subarray(0, 400_000));

      const offset = await offsetOf(other, path);
      const { status, headers } = await other.patch(path, {
        offset,
        body: content.subarray(offset),
      });

      expect(offset).toBeLessThanOrEqual(400_000);
      expect(status).toBe(204);
      expect((await hanging.received(/upload-taken-over/)).text).toMatch(/HTTP\/1.1 423/);
      const { file, bytes } = await contentOf(client, headers);
      expect(file.sha256).toBe(sha256(content));
      expect(bytes.equals(content)).toBe(true);
    },
  );

  test("keeps every byte that came before its client broke off", async () => {
    const { client, tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": String(SIZE) });
    const hanging = await sendAndHang(client.cookie, path, randomBytes(300_001));
    hanging.socket.end();

    await eventually(
      () => tus.offset(path),
      (offset) => offset === 300_001,
    );
    await tus.terminate(path);
  });
});

describe("An upload that is left alone", () => {
  test("is 410 from the moment it expires, and gone when it is swept", async () => {
    const { client, tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": String(SIZE) }, randomBytes(300_000));
    await world()
      .mongo.db.collection("uploads")
      .updateMany({ state: "receiving" }, { $set: { leaseUntil: new Date(0) } });

    expect((await tus.head(path)).status).toBe(410);
    expect((await tus.patch(path, { offset: 300_000, body: Buffer.from("x") })).status).toBe(410);
    await world().sweep();
    expect((await tus.head(path)).status).toBe(404);
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0 });
  });

  test("after it was whole answers until then that it is", async () => {
    const { tus } = await newUploader(world());
    const path = await tus.begin({ "Upload-Length": "3" }, Buffer.from("abc"));
    expect(await tus.offset(path)).toBe(3);
    expect((await tus.head(path)).headers.get("content-location")).toMatch(/\/files\//);

    await world()
      .mongo.db.collection("uploads")
      .updateMany({ state: "published" }, { $set: { leaseUntil: new Date(0) } });
    await world().sweep();

    expect((await tus.head(path)).status).toBe(404);
  });
});

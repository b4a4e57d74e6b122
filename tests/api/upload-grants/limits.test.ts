import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { makeGrant } from "./make.js";

const world = useWorld();

const used = async (owner: Client, id: string) => {
  const { usedFiles, usedBytes } = (await owner.get(`/api/v1/links/${id}`)).json as unknown as {
    readonly usedFiles: number;
    readonly usedBytes: number;
  };
  return { usedFiles, usedBytes };
};

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("The limits of an upload grant", () => {
  test("are never passed by uploads at once", async () => {
    const owner = await world().member();
    const { client, id } = await makeGrant(owner, "root", { maxFiles: 5, maxBytes: 1000 });

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, n) => client.put(`/api/v1/files?name=${n}`, "x")),
    );
    const stored = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 403);

    expect([stored.length, refused.length]).toEqual([5, 15]);
    expect(refused[0]?.json).toMatchObject({ code: "grant-used-up", maxFiles: 5, maxBytes: 1000 });
    expect(await used(owner, id)).toEqual({ usedFiles: 5, usedBytes: 5 });
  });

  test("count bytes exactly, with and without an announced length, and in forms", async () => {
    const owner = await world().member();
    const { client, token, id } = await makeGrant(owner, "root", { maxBytes: 400_000 });

    await client.put("/api/v1/files?name=a", randomBytes(100_000));
    const chunked = await fetch(`${world().url}/api/v1/files?name=b&grant=${token}`, {
      method: "PUT",
      body: new Blob([randomBytes(100_000)]).stream(),
      ...{ duplex: "half" },
    });
    await client.upload([{ name: "c", bytes: randomBytes(100_000) }]);
    const tooMuch = await client.put("/api/v1/files?name=d", randomBytes(100_001));
    const rest = await client.put("/api/v1/files?name=e", randomBytes(100_000));

    expect([chunked.status, tooMuch.status, rest.status]).toEqual([201, 403, 201]);
    expect(await used(owner, id)).toEqual({ usedFiles: 4, usedBytes: 400_000 });
  });

  test("get back what fails, is cut, or is cancelled", async () => {
    const owner = await world().member();
    const { client, token, id } = await makeGrant(owner, "root", { maxFiles: 1, maxBytes: 50_000 });
    const raw = await world().raw();
    raw.send(
      `PUT /api/v1/files?name=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 40000\r\n\r\n`,
    );
    raw.send("x".repeat(20_000));
    await eventually(
      () => used(owner, id),
      ({ usedFiles }) => usedFiles === 1,
    );

    raw.socket.destroy();
    await eventually(
      () => used(owner, id),
      ({ usedFiles }) => usedFiles === 0,
    );
    const wrong = await client.put("/api/v1/files?name=b", "x", {
      "Content-Digest": `sha-256=:${Buffer.alloc(32).toString("base64")}:`,
    });
    const tus = new TusClient({ url: world().url, token });
    const upload = await tus.begin({ "Upload-Length": "50000" });
    const held = await used(owner, id);
    await tus.terminate(upload);

    expect(wrong.status).toBe(422);
    expect(held).toEqual({ usedFiles: 1, usedBytes: 50_000 });
    expect(await used(owner, id)).toEqual({ usedFiles: 0, usedBytes: 0 });
    expect((await client.put("/api/v1/files?name=c", "x")).status).toBe(201);
  });

  test("get back what expires", async () => {
    const owner = await world().member();
    const { token, id } = await makeGrant(owner, "root", { maxFiles: 1 });
    const tus = new TusClient({ url: world().url, token });
    await tus.begin({ "Upload-Length": "5" });
    await world()
      .mongo.db.collection("uploads")
      .updateMany({ actorId: id }, { $set: { leaseUntil: new Date(0) } });

    await world().sweep();

    expect(await used(owner, id)).toEqual({ usedFiles: 0, usedBytes: 0 });
  });

  test("refuse a large file before its bytes (413), and while they come", async () => {
    const owner = await world().member();
    const { client, token, id } = await makeGrant(owner, "root", { maxFileBytes: 10 });

    const announced = await client.put("/api/v1/files?name=a", "x".repeat(11));
    const chunked = await fetch(`${world().url}/api/v1/files?name=b&grant=${token}`, {
      method: "PUT",
      body: new Blob(["x".repeat(11)]).stream(),
      ...{ duplex: "half" },
    });
    const tus = await new TusClient({ url: world().url, token }).create({ "Upload-Length": "11" });
    const fits = await client.put("/api/v1/files?name=c", "x".repeat(10));

    expect([announced.status, chunked.status, tus.status, fits.status]).toEqual([
      413, 413, 413, 201,
    ]);
    expect(announced.json).toMatchObject({ code: "content-too-large", limitBytes: 10 });
    expect(await used(owner, id)).toEqual({ usedFiles: 1, usedBytes: 10 });
  });

  test("refuse other names (403), at every door", async () => {
    const owner = await world().member();
    const { client, token } = await makeGrant(owner, "root", { namePattern: "scan-*.PDF" });

    const put = await client.put("/api/v1/files?name=a.pdf", "x");
    const form = await client.upload([{ name: "b.pdf", bytes: "x" }]);
    const tus = await new TusClient({ url: world().url, token }).create({ "Upload-Length": "1" });
    const fits = await client.put("/api/v1/files?name=Scan-1.pdf", "x");

    expect([put.status, form.status, tus.status, fits.status]).toEqual([403, 403, 403, 201]);
    expect(put.json).toMatchObject({ code: "name-not-allowed", namePattern: "scan-*.PDF" });
  });

  test("refuse content that is found to be of another type (415), and store nothing of it", async () => {
    const owner = await world().member();
    const { client, token, id } = await makeGrant(owner, "root", { types: ["image/*"] });
    const tus = new TusClient({ url: world().url, token });
    const claim = { "Content-Type": "image/png" };

    const put = await client.put("/api/v1/files?name=a.png", "no picture", claim);
    const form = await client.upload([{ name: "b.png", bytes: "none", type: "image/png" }]);
    const begun = await tus.begin({ "Upload-Length": "4" });
    const patched = await tus.patch(begun, { offset: 0, body: Buffer.from("none") });
    const picture = await client.put("/api/v1/files?name=c", PNG, { "Content-Type": "text/plain" });

    expect([put.status, form.status, patched.status, picture.status]).toEqual([415, 415, 415, 201]);
    expect(put.json).toMatchObject({ code: "type-not-allowed", found: "text/plain" });
    expect((await owner.get("/api/v1/files")).json.items).toHaveLength(1);
    expect(await used(owner, id)).toEqual({ usedFiles: 1, usedBytes: PNG.length });
  });
});

describe("POST /upload-grants", () => {
  test.each([
    [{}, "/folderId"],
    [{ folderId: "root", maxFiles: 0 }, "/maxFiles"],
    [{ folderId: "root", maxBytes: 1.5 }, "/maxBytes"],
    [{ folderId: "root", types: [] }, "/types"],
    [{ folderId: "root", types: ["png"] }, "/types/0"],
    [{ folderId: "root", namePattern: "a/*" }, "/namePattern"],
    [{ folderId: "root", expiresAt: "2020-01-01T00:00:00.000Z" }, "/expiresAt"],
  ])("refuses %j (400)", async (body, pointer) => {
    const owner = await world().member();

    const { status, json } = await owner.post("/api/v1/upload-grants", body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ errors: [{ in: "body", pointer }] });
  });

  test("is 404 for a folder of somebody else, and 403 without links:write", async () => {
    const [owner, other] = [await world().member(), await world().member()];
    const folder = await owner.makeFolder("in");
    const { client } = await owner.makeKey(["files:write"]);
    const body = { folderId: folder.id };

    expect((await other.post("/api/v1/upload-grants", body)).status).toBe(404);
    expect((await client.post("/api/v1/upload-grants", body)).status).toBe(403);
  });
});

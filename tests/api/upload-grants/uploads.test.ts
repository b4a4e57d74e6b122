import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { makeGrant } from "./make.js";

const world = useWorld();

const namesIn = async (owner: Client, folderId: string) => {
  const { items } = (await owner.get(`/api/v1/folders/${folderId}/children?sort=name`)).json;
  return (items as readonly { readonly name: string }[]).map(({ name }) => name);
};

describe("Whoever has an upload grant", () => {
  test("uploads into its folder by a raw body, a form and tus, and the owner pays", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { client, token, id: linkId } = await makeGrant(owner, folder.id);
    const large = randomBytes(300_000);

    const put = await client.put("/api/v1/files?name=a.txt", "first");
    const form = await client.upload([{ name: "b.txt", bytes: "second" }]);
    const tus = new TusClient({ url: world().url, token });
    const upload = await tus.begin({
      "Upload-Length": "300000",
      ...uploadMetadata({ filename: "c" }),
    });
    await tus.patch(upload, { offset: 0, body: large.subarray(0, 100_000) });
    const resumed = await tus.offset(upload);
    await tus.patch(upload, { offset: resumed, body: large.subarray(resumed) });

    expect([put.status, form.status, resumed]).toEqual([201, 201, 100_000]);
    expect(put.json).toMatchObject({ path: "/a.txt", name: "a.txt" });
    expect(await namesIn(owner, folder.id)).toEqual(["a.txt", "b.txt", "c"]);
    expect((await owner.get(`/api/v1/by-path/in/c`)).bytes).toEqual(large);
    await world().settle();
    expect((await owner.usage()).bytes).toBe(300_011);
    const entry = await world().mongo.db.collection("entries").findOne({ name: "a.txt" });
    expect(entry).toMatchObject({ actorId: linkId });
  });

  test("sends its token in the URL where it sends no Authorization", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { token } = await makeGrant(owner, folder.id);
    const visitor = world().visitor();

    const put = await visitor.put(`/api/v1/files?name=a&grant=${token}`, "a");
    const form = await visitor.upload([{ name: "b", bytes: "b" }], `/api/v1/upload?grant=${token}`);
    const begun = await fetch(`${world().url}/api/v1/uploads?grant=${token}`, {
      method: "POST",
      headers: { "Tus-Resumable": "1.0.0", "Upload-Length": "1" },
    });
    const location = begun.headers.get("location") ?? "";
    const patched = await fetch(location, {
      method: "PATCH",
      headers: {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
      },
      body: "c",
    });

    expect([put.status, form.status, begun.status, patched.status]).toEqual([201, 201, 201, 204]);
    expect(await namesIn(owner, folder.id)).toEqual(["a", "b", "unnamed"]);
  });

  test("replaces what the grant made, and never what others made", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { client } = await makeGrant(owner, folder.id);
    const other = await makeGrant(owner, folder.id);
    await owner.put(`/api/v1/files?name=a&folderId=${folder.id}`, "the owner's");

    const first = await client.put("/api/v1/files?name=a", "one");
    const own = await client.put(
      `/api/v1/files?name=${encodeURIComponent(first.json.name)}`,
      "two",
    );
    const others = await other.client.put("/api/v1/files?name=a", "three");

    expect([first.status, own.status, others.status]).toEqual([201, 200, 201]);
    expect(own.json.id).toBe(first.json.id);
    expect(await namesIn(owner, folder.id)).toEqual(["a", "a (2)", "a (3)"]);
    expect((await owner.get("/api/v1/by-path/in/a")).bytes.toString()).toBe("the owner's");
  });

  test("does not learn what the owner says about a file", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { client } = await makeGrant(owner, folder.id);
    const { id } = (await client.put("/api/v1/files?name=a", "one")).json;
    await owner.patch(`/api/v1/files/${id}`, { description: "secret", tags: ["secret"] });

    const again = await client.put("/api/v1/files?name=a", "two");

    expect(again.json.id).toBe(id);
    expect(again.bytes.toString()).not.toContain("secret");
  });

  test("puts files into folders below, which are made, and nowhere else", async () => {
    const owner = await world().member();
    const [folder, beside] = [await owner.makeFolder("in"), await owner.makeFolder("beside")];
    const { client } = await makeGrant(owner, folder.id);

    const below = await client.put("/api/v1/files?name=a&path=/x/y&parents", "a");
    const outside = await client.put(`/api/v1/files?name=a&folderId=${beside.id}`, "a");

    expect([below.status, outside.status]).toEqual([201, 404]);
    expect(below.json.path).toBe("/x/y/a");
    expect((await owner.get("/api/v1/by-path/in/x/y/a")).bytes.toString()).toBe("a");
  });

  test("does nothing else (403), reads nothing, and sees only its own uploads", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { client, token } = await makeGrant(owner, folder.id);
    const foreign = new TusClient({ url: world().url, cookie: owner.cookie });
    const upload = await foreign.begin({ "Upload-Length": "1" });
    const { id } = (await client.put("/api/v1/files?name=a", "one")).json;

    const answers = [
      await client.get("/api/v1/files"),
      await client.get(`/api/v1/files/${id}`),
      await client.get(`/api/v1/files/${id}/metadata`),
      await client.delete(`/api/v1/files/${id}`),
      await client.get(`/api/v1/folders/${folder.id}/children`),
      await client.post("/api/v1/folders", { name: "x" }),
      await client.put("/api/v1/by-path/x", "x"),
      await client.get("/api/v1/me"),
      await client.get("/api/v1/links"),
      await client.post("/api/v1/upload-grants", { folderId: "root" }),
    ];
    const tus = new TusClient({ url: world().url, token });

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(answers[0]?.json.code).toBe("credential-not-accepted");
    expect((await tus.head(upload)).status).toBe(404);
    expect((await tus.terminate(upload)).status).toBe(404);
    await foreign.terminate(upload);
  });

  test("lists what it has uploaded and what became of it", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { client } = await makeGrant(owner, folder.id);
    await owner.put(`/api/v1/files?name=other&folderId=${folder.id}`, "x");
    const { id } = (await client.put("/api/v1/files?name=a", "one")).json;
    const gone = (await client.put("/api/v1/files?name=b", "b")).json;
    await owner.delete(`/api/v1/files/${gone.id}`);
    await world().settle();

    const { json } = await client.get("/api/v1/upload-grants/current/files");

    expect(json.items).toEqual([
      { id, name: "a", sizeBytes: 3, state: "ready", uploadedAt: expect.any(String) },
    ]);
    expect((await owner.get("/api/v1/upload-grants/current/files")).status).toBe(403);
  });

  test("may be a page of any origin", async () => {
    const owner = await world().member();
    const { token } = await makeGrant(owner, "root");
    const Origin = "https://app.example";
    const url = `${world().url}/api/v1/uploads`;

    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: {
        Origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,tus-resumable,upload-length",
      },
    });
    const begun = await fetch(url, {
      method: "POST",
      headers: {
        ...{ Origin, "Sec-Fetch-Site": "cross-site", Authorization: `Bearer ${token}` },
        ...{ "Tus-Resumable": "1.0.0", "Upload-Length": "0" },
      },
    });
    const key = await owner.makeKey(["files:write"]);
    const withKey = await fetch(url, {
      method: "POST",
      headers: { Origin, Authorization: `Bearer ${key.key}`, "Tus-Resumable": "1.0.0" },
    });

    expect([preflight.status, begun.status]).toEqual([204, 201]);
    for (const { headers } of [preflight, begun]) {
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
    expect(begun.headers.get("access-control-expose-headers")).toContain("Upload-Offset");
    expect(withKey.headers.get("access-control-allow-origin")).toBeNull();
  });
});

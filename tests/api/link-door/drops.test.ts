import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import type { Client } from "../../support/client.js";
import { locationOf, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

/** Shares a folder. @returns The path of the link, and its id. */
async function share(owner: Client, entryId: string, terms: object = {}) {
  const body = { entryId, permission: "upload", ...terms };
  const { status, json } = await owner.post("/api/v1/links", body);
  if (status !== 201) throw new Error(`Not shared: ${JSON.stringify(json)}`);
  const { id, url } = json as unknown as { readonly id: string; readonly url: string };
  return { id, path: url };
}

const namesIn = async (owner: Client, folderId: string) => {
  const { items } = (await owner.get(`/api/v1/folders/${folderId}/children?sort=name`)).json;
  return (items as readonly { readonly name: string }[]).map(({ name }) => name);
};

const tus = (method: string, url: string, { headers = {}, body }: Sent = {}) =>
  fetch(url, {
    method,
    headers: { "Tus-Resumable": "1.0.0", ...headers },
    ...(body !== undefined && { body: new Uint8Array(body) }),
  });

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
}

const PIECE = { "Content-Type": "application/offset+octet-stream" };

describe("A share link for uploads", () => {
  test("takes files as bodies and forms, with folders, and replaces nothing", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    await owner.put(`/api/v1/files?name=a.txt&folderId=${folder.id}`, "the owner's");
    const { path, id: linkId } = await share(owner, folder.id);
    const visitor = world().visitor();

    const put = await visitor.put(`${path}/files?name=a.txt`, "first", { "If-Match": "*" });
    const again = await visitor.put(`${path}/files?name=a.txt&path=/x/y&parents`, "second");
    const form = await visitor.upload(
      [
        { name: "a.txt", bytes: "third" },
        { name: "b.txt", bytes: "fourth" },
      ],
      `${path}/upload`,
    );

    expect([put.status, again.status, form.status]).toEqual([201, 201, 201]);
    expect(put.json).toEqual({
      name: "a (2).txt",
      path: "/a (2).txt",
      sizeBytes: 5,
      sha256: expect.any(String),
    });
    expect(await namesIn(owner, folder.id)).toEqual([
      "a (2).txt",
      "a (3).txt",
      "a.txt",
      "b.txt",
      "x",
    ]);
    expect((await owner.get("/api/v1/by-path/in/a.txt")).bytes.toString()).toBe("the owner's");
    expect((await owner.get("/api/v1/by-path/in/x/y/a.txt")).bytes.toString()).toBe("second");
    const uses = await world().mongo.db.collection("linkUses").find({ linkId }).toArray();
    expect(uses).toEqual(uses.map(() => expect.objectContaining({ kind: "upload" })));
    expect(uses).toHaveLength(4);
  });

  test("takes files by tus, which go on after a break", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { path } = await share(owner, folder.id);
    const bytes = randomBytes(200_000);
    const fields = { "Upload-Length": "200000", ...uploadMetadata({ filename: "a" }) };

    const begun = await tus("POST", `${world().url + path}/uploads`, { headers: fields });
    const upload = world().url + locationOf(begun.headers);
    const first = { headers: { ...PIECE, "Upload-Offset": "0" }, body: bytes.subarray(0, 50_000) };
    await tus("PATCH", upload, first);
    const offset = Number((await tus("HEAD", upload)).headers.get("upload-offset"));
    const rest = { ...PIECE, "Upload-Offset": String(offset) };
    const last = await tus("PATCH", upload, { headers: rest, body: bytes.subarray(offset) });

    expect(upload.startsWith(`${world().url + path}/uploads/`)).toBe(true);
    expect([offset, last.status]).toEqual([50_000, 204]);
    expect((await owner.get("/api/v1/by-path/in/a")).bytes).toEqual(bytes);
  });

  test("does not leave its folder, and does not say what is elsewhere", async () => {
    const owner = await world().member();
    const [folder, beside] = [await owner.makeFolder("in"), await owner.makeFolder("beside")];
    const { path } = await share(owner, folder.id);
    const visitor = world().visitor();
    const metadata = uploadMetadata({ filename: "a", folderId: beside.id });

    const headers = { "Upload-Length": "0", ...metadata };
    const byTus = await tus("POST", `${world().url + path}/uploads`, { headers });
    const byQuery = await visitor.put(`${path}/files?name=a&folderId=${beside.id}`, "a");

    expect([byTus.status, byQuery.status]).toEqual([404, 400]);
    expect(await namesIn(owner, beside.id)).toEqual([]);
  });

  test("asks for its password first", async () => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { path } = await share(owner, folder.id, { password: "eleven-green-cats" });
    const visitor = world().visitor();

    const without = await visitor.put(`${path}/files?name=a`, "a");
    const proof = { "X-Link-Password": "eleven-green-cats" };

    expect([without.status, without.json.code]).toEqual([401, "link-password-required"]);
    expect((await visitor.put(`${path}/files?name=a`, "a", proof)).status).toBe(201);
  });

  test.each(["view", "download"])("is not one that allows to %s (404)", async (permission) => {
    const owner = await world().member();
    const folder = await owner.makeFolder("in");
    const { path } = await share(owner, folder.id, { permission });

    expect((await world().visitor().put(`${path}/files?name=a`, "a")).status).toBe(404);
  });
});

interface Case {
  readonly owner: Client;
  readonly folderId: string;
  readonly linkId: string;
}

const ENDS: readonly (readonly [string, (one: Case) => Promise<unknown>])[] = [
  ["revoked", ({ owner, linkId }) => owner.delete(`/api/v1/links/${linkId}`)],
  [
    "switched off",
    ({ owner, linkId }) => owner.patch(`/api/v1/links/${linkId}`, { isEnabled: false }),
  ],
  [
    "that has expired",
    ({ linkId }) =>
      world()
        .mongo.db.collection<LinkDoc>("links")
        .updateOne({ _id: linkId }, { $set: { expiresAt: new Date(Date.now() - 1) } }),
  ],
  [
    "whose folder is in the trash",
    ({ owner, folderId }) => owner.delete(`/api/v1/folders/${folderId}`),
  ],
  ["whose owner is disabled", ({ owner }) => world().disable(owner)],
  [
    "whose owner is deleted",
    ({ owner }) => owner.send("DELETE", "/api/v1/me", { password: "seven-purple-owls" }),
  ],
];

describe("A share link for uploads", () => {
  test.each(ENDS)(
    "%s is 404 at once on every web process, as one that never was",
    async (_name, end) => {
      const visitor = world().visitor(await world().addWeb());
      const owner = await world().member();
      const { id: folderId } = await owner.makeFolder("in");
      const { id: linkId, path } = await share(owner, folderId);
      const ask = async (link: string) => {
        const { status, json } = await visitor.put(`${link}/files?name=a`, "a");
        return { status, code: json.code, detail: json.detail };
      };
      const before = await ask(path);

      await end({ owner, folderId, linkId });

      const never = await ask(`/s/${"A".repeat(44)}`);
      expect([before.status, never.status]).toEqual([201, 404]);
      expect(await ask(path)).toEqual(never);
    },
  );
});

import { expect } from "@jest/globals";
import type { FileJson } from "../../support/answer-json.js";
import { newKey } from "../../support/blobs.js";
import { EICAR, EICAR_NAME, MARKER, MARKER_NAME, useClamd } from "../../support/clamd.js";
import type { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { TusClient, uploadMetadata } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";
import { exported, makeExport } from "../export/exported.js";
import { knock, openDoors, statusesOf } from "./doors.js";

const clamd = useClamd();
const world = useWorld({ clamdUrl: clamd.unix, encryptionKeys: [newKey("k1")] });

const metadataOf = async (client: Client, { id }: { id: string }) =>
  (await client.get(`/api/v1/files/${id}/metadata`)).json;

const scanOf = ({ pipeline }: { readonly pipeline: readonly object[] }) =>
  pipeline.find((step) => "step" in step && step.step === "scan");

async function newestOf(client: Client): Promise<FileJson> {
  const [file] = (await client.get("/api/v1/files")).json.items;
  if (file === undefined) throw new Error("Nothing is stored");
  return file;
}

/** The ways in. */
const UPLOADS = {
  async form(client: Client, content: string) {
    await client.upload([{ name: "a.com", bytes: content }]);
    return newestOf(client);
  },
  put: (client: Client, content: string) => client.store("a.com", content),
  async tus(client: Client, content: string) {
    const tus = new TusClient({ url: world().url, cookie: client.cookie });
    const metadata = uploadMetadata({ filename: "a.com" });
    const fields = { ...metadata, "Upload-Length": String(content.length) };
    await tus.begin(fields, Buffer.from(content));
    return newestOf(client);
  },
};

const { describe, test } = needs("clamd");

describe("A virus", () => {
  test.each(["form", "put", "tus"] as const)("that comes by %s is in quarantine", async (door) => {
    const client = await world().member();
    const file = await UPLOADS[door](client, EICAR);

    await world().settle();

    const metadata = await metadataOf(client, file);
    expect(metadata).toMatchObject({ state: "quarantined" });
    expect(scanOf(metadata)).toMatchObject({ outcome: "quarantine", reason: EICAR_NAME });
    const { status, json, bytes } = await client.get(`/api/v1/files/${file.id}`);
    expect([status, json]).toMatchObject([423, { code: "quarantined" }]);
    expect(bytes.toString("latin1")).not.toContain("EICAR");
  });

  test("is found over the border of two frames, and at the end of a large file", async () => {
    const client = await world().member();
    const border = Buffer.alloc(200_000, "x");
    border.write(MARKER, 127 * 1024 - 28);
    const large = Buffer.concat([Buffer.alloc(20 * 1024 ** 2, "y"), Buffer.from(MARKER)]);
    const files = [await client.store("border", border), await client.store("large", large)];

    await world().settle();

    for (const file of files) {
      expect(scanOf(await metadataOf(client, file))).toMatchObject({ reason: MARKER_NAME });
    }
  });

  test("is served by no door, also by those that were open before", async () => {
    const owner = await world().member();
    const file = await owner.store("a.com", EICAR);
    const doors = await openDoors(world(), { owner, file });
    await world().settle();

    const answers = await knock(doors);

    expect(statusesOf(answers)).toEqual({
      ...{ file: 423, version: 423, path: 423, share: 423 },
      ...{ link: 404, folderLink: 404, url: 404 },
    });
    for (const { bytes } of Object.values(answers)) {
      expect(bytes.toString("latin1")).not.toContain("EICAR");
    }
    const head = await owner.head(`/api/v1/files/${file.id}`);
    const part = await owner.get(`/api/v1/files/${file.id}`, { Range: "bytes=0-9" });
    expect([head.status, part.status]).toEqual([423, 423]);
  });

  test("is in no archive and in no export, and all else is", async () => {
    const client = await world().member();
    const file = await client.store("a.com", EICAR);
    await client.store("b.txt", "harmless");
    await world().settle();
    await client.put("/api/v1/files?name=a.com&onConflict=version", "harmless as well");
    await world().settle();
    await client.put("/api/v1/files?name=c.com", EICAR);
    await world().settle();

    const made = await client.post("/api/v1/archives", { folderId: "root" });
    const { bytes } = await client.get(made.json.links.content);
    const { contents } = await exported(client, await makeExport(client));

    expect(membersOf(bytes)).toEqual([
      { path: "a.com", content: "harmless as well" },
      { path: "b.txt", content: "harmless" },
    ]);
    expect([...contents.values()].filter((content) => content.includes("EICAR"))).toEqual([]);
    expect(contents.get("files/b.txt")).toBe("harmless");
    expect((await metadataOf(client, file)).state).toBe("ready");
  });

  test("is not copied and not restored", async () => {
    const client = await world().member();
    const file = await client.store("a.com", EICAR);
    await world().settle();
    await client.put("/api/v1/files?name=a.com&onConflict=version", "harmless");
    await world().settle();
    const other = await client.store("b.com", EICAR);
    await world().settle();

    const copy = await client.post(`/api/v1/files/${other.id}/copy`, { name: "c.com" });
    const restore = await client.post(
      `/api/v1/files/${file.id}/versions/${file.versionId}/restore`,
    );

    expect([copy.status, restore.status]).toEqual([423, 423]);
    expect((await client.get(`/api/v1/files/${file.id}`)).bytes.toString()).toBe("harmless");
  });

  test("takes all copies of its content with it that were made before it was found", async () => {
    const client = await world().member();
    const file = await client.store("a.com", EICAR);
    const copies: FileJson[] = [];
    for (const name of ["b.com", "c.com"]) {
      copies.push((await client.post(`/api/v1/files/${file.id}/copy`, { name })).json);
    }

    await world().settle();

    for (const each of [file, ...copies]) {
      expect(await metadataOf(client, each)).toMatchObject({ state: "quarantined" });
    }
  });

  test("goes with its file, when the owner deletes it", async () => {
    const client = await world().member();
    const file = await client.store("a.com", EICAR);
    await world().settle();

    expect((await client.delete(`/api/v1/files/${file.id}`)).status).toBe(204);
    await world().settle();

    expect((await client.get("/api/v1/me")).json.usage).toMatchObject({ bytes: 0, files: 0 });
  });
});

describe("Content without a virus", () => {
  test.each([
    ["empty", Buffer.alloc(0)],
    ["small", Buffer.from("hello")],
    ["of many frames", Buffer.alloc(1024 ** 2, "z")],
  ])("that is %s is scanned and served", async (_, bytes) => {
    const client = await world().member();
    const file = await client.store("a.bin", bytes);

    await world().settle();

    const metadata = await metadataOf(client, file);
    expect(metadata).toMatchObject({ state: "ready" });
    expect(scanOf(metadata)).toMatchObject({ outcome: "done", reason: null });
    expect((await client.get(`/api/v1/files/${file.id}`)).bytes).toEqual(bytes);
  });
});

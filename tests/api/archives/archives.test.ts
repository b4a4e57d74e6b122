import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { BlobFileDoc } from "../../../common/storage/bucket.js";
import { newId } from "../../../common/platform/ids.js";
import type { ArchiveJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";

const world = useWorld();

const make = async (client: Client, body: object): Promise<ArchiveJson> => {
  const answer = await client.post("/api/v1/archives", body);
  expect(answer.status).toBe(201);
  return answer.json;
};

/** A folder with two files and an empty folder in it. */
async function holidays(client: Client) {
  const folder = await client.makeFolder("Holidays");
  await client.makeFolder("empty", folder.id);
  const put = (name: string, bytes: string) =>
    client.put(`/api/v1/files?folderId=${folder.id}&name=${encodeURIComponent(name)}`, bytes);
  await put("größe.txt", "hello");
  await put("nothing", "");
  return folder;
}

const blobs = () => world().mongo.db.collection<BlobFileDoc>("blobs.files");

describe("POST /archives", () => {
  test("makes an archive of what is in a folder, which is downloaded as ZIP with its length", async () => {
    const client = await world().member();
    const folder = await holidays(client);

    const archive = await make(client, { folderId: folder.id });
    const answer = await client.get(archive.links.content);

    expect(archive).toMatchObject({ state: "ready", name: "Holidays", entryCount: 3 });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "application/zip",
      "content-length": String(archive.sizeBytes),
      "accept-ranges": "bytes",
      vary: "Accept",
      "content-disposition": `attachment; filename="Holidays.zip"; filename*=UTF-8''Holidays.zip`,
    });
    expect(membersOf(answer.bytes)).toEqual([
      { path: "empty/", content: "" },
      { path: "größe.txt", content: "hello" },
      { path: "nothing", content: "" },
    ]);
  });

  test("makes an archive of files and folders, and numbers names that are there twice", async () => {
    const client = await world().member();
    const folder = await holidays(client);
    const other = await client.makeFolder("other");
    const same = await client.makeFolder("Holidays", other.id);

    const archive = await make(client, { ids: [folder.id, same.id] });

    const { bytes } = await client.get(archive.links.content);
    expect(membersOf(bytes).map(({ path }) => path)).toEqual([
      "Holidays/",
      "Holidays/empty/",
      "Holidays/größe.txt",
      "Holidays/nothing",
      "Holidays (2)/",
    ]);
  });

  test("gives no two entries one name, also where hundreds have it", async () => {
    const client = await world().member();
    const { id } = await client.store("a.txt", "a");
    const numbered = await client.store("a (2).txt", "b");
    const ids = [...Array.from({ length: 499 }, () => id), numbered.id];

    const archive = await make(client, { ids });

    const { bytes } = await client.get(archive.links.content);
    const paths = membersOf(bytes).map(({ path }) => path);
    expect(new Set(paths).size).toBe(500);
    expect(paths.slice(0, 3)).toEqual(["a.txt", "a (3).txt", "a (4).txt"]);
    expect(paths.at(-1)).toBe("a (2).txt");
  });

  test("makes an archive of nothing", async () => {
    const client = await world().member();

    const archive = await make(client, { folderId: "root" });

    expect(archive).toMatchObject({ name: "files", sizeBytes: 22, entryCount: 0 });
    expect((await client.get(archive.links.content)).bytes).toHaveLength(22);
  });

  test("answers 404 for an entry that is another account's, or not there", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const { id } = await other.store("theirs", "bytes");

    for (const body of [{ ids: [id] }, { ids: [newId()] }, { folderId: newId() }]) {
      expect((await client.post("/api/v1/archives", body)).status).toBe(404);
    }
  });

  test.each([
    {},
    { ids: [] },
    { ids: ["x"] },
    { ids: [newId()], folderId: "root" },
    { ids: Array.from({ length: 1001 }, newId) },
    { folderId: "x" },
  ])("answers 400 for a body that chooses nothing, or in two ways", async (body) => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/archives", body);

    expect({ status, code: json.code }).toEqual({ status: 400, code: "invalid-request" });
  });
});

describe("GET /archives/{id}", () => {
  test("gives a tar file to those who prefer it", async () => {
    const client = await world().member();
    await client.store("a", "hello");
    const archive = await make(client, { folderId: "root" });

    const tar = await client.get(archive.links.content, {
      Accept: "application/zip;q=0.5, application/x-tar",
    });

    expect(tar.headers["content-type"]).toBe("application/x-tar");
    expect(tar.bytes).toHaveLength(archive.tarSizeBytes);
    expect(tar.bytes.subarray(257, 262).toString()).toBe("ustar");
  });

  test("gives any range under the ETag of the archive", async () => {
    const client = await world().member();
    await client.store("a", randomBytes(200_000));
    await client.store("b", randomBytes(20));
    const { links, sizeBytes } = await make(client, { folderId: "root" });
    const whole = await client.get(links.content);
    const { etag } = whole.headers;

    const pieces: Buffer[] = [];
    for (let at = 0; at < sizeBytes; at += 30_011) {
      const range = { Range: `bytes=${at}-${at + 30_010}`, "If-Range": String(etag) };
      const piece = await client.get(links.content, range);
      expect(piece.status).toBe(206);
      pieces.push(piece.bytes);
    }
    expect(Buffer.concat(pieces).equals(whole.bytes)).toBe(true);
    expect((await client.get(links.content, { "If-None-Match": String(etag) })).status).toBe(304);
    const behind = await client.get(links.content, { Range: `bytes=${sizeBytes}-` });
    expect(behind.status).toBe(416);
  });

  test("keeps the versions that it began with, and what it held goes when it is deleted", async () => {
    const client = await world().member();
    await client.store("kept", "first");
    const deleted = await client.store("deleted", "gone");
    const { id, links } = await make(client, { folderId: "root" });
    const before = await client.get(links.content);

    await client.put("/api/v1/files?name=kept", "second");
    await client.delete(`/api/v1/files/${deleted.id}`);
    await world().settle();
    expect(await blobs().countDocuments({ "metadata.archiveIds": id })).toBe(2);
    const after = await client.get(links.content);
    expect(after.bytes.equals(before.bytes)).toBe(true);
    expect(
      membersOf(after.bytes)
        .map(({ content }) => content)
        .sort(),
    ).toEqual(["first", "gone"]);

    expect((await client.delete(links.content)).status).toBe(204);
    expect((await client.get(links.content)).status).toBe(404);
    await world().sweep();
    expect(await blobs().countDocuments({ "metadata.archiveIds": id })).toBe(0);
    expect(await blobs().countDocuments({ "metadata.sha256": deleted.sha256 })).toBe(0);
  });

  test("is 404 for another account, and for a key of another folder", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const folder = await holidays(client);
    const key = await client.makeKey(["files:read"], { rootFolderId: folder.id });
    const { links } = await make(client, { folderId: "root" });

    expect((await other.get(links.content)).status).toBe(404);
    const visitor = world().visitor();
    const narrow = await visitor.get(links.content, { Authorization: `Bearer ${key.key}` });
    expect(narrow.status).toBe(404);
  });
});

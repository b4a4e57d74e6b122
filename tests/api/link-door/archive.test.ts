import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { ArchiveDoc } from "../../../common/archives/archive.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { eventually } from "../../support/eventually.js";
import { downloadsOf, type Terms, usesOf } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";
import { expectDownloads, range } from "./counting.js";
import { sharedFolder } from "./notes-and-holidays.js";

const world = useWorld();

async function sharedArchive(terms: Terms = {}) {
  const { link, ...made } = await sharedFolder(world(), terms);
  return { ...made, link, archive: `${link.path}/archive` };
}

const archives = () => world().mongo.db.collection<ArchiveDoc>("archives");

/** What came of an answer before the connection was cut. */
async function beginning(url: string, headers: Record<string, string>): Promise<Buffer> {
  const answer = await fetch(url, { headers });
  const reader = answer.body?.getReader();
  const piece = await reader?.read();
  await reader?.cancel();
  return Buffer.from(piece?.value ?? []);
}

describe("GET /s/{token}/archive", () => {
  test("sends all of the folder as ZIP, and is one download", async () => {
    const { link, folder, archive } = await sharedArchive();

    const { headers, bytes } = await world().visitor().get(archive);

    expect(headers).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="Holidays.zip"; filename*=UTF-8''Holidays.zip`,
      "cache-control": "no-store",
    });
    expect(membersOf(bytes)).toEqual([
      { path: "a.txt", content: "alpha" },
      { path: "größe/", content: "" },
      { path: "größe/b.txt", content: "beta" },
    ]);
    await expectDownloads(world(), link, { used: 1, open: 0 });
    const [use] = await eventually(
      () => usesOf(world(), link),
      ([found]) => found?.isComplete === true,
    );
    expect(use).toMatchObject({
      entryId: folder.id,
      name: "Holidays.zip",
      bytes: bytes.length,
      sizeBytes: bytes.length,
    });
    // Nobody goes on with it.
    await eventually(
      () => archives().countDocuments({ actorId: link.id, state: { $ne: "ending" } }),
      (count) => count === 0,
    );
  });

  test("sends a folder in it, as tar for who asks for that", async () => {
    const { archive } = await sharedArchive();
    const path = encodeURIComponent("/größe");

    const zip = await world().visitor().get(`${archive}?path=${path}`);
    const tar = await world()
      .visitor()
      .get(`${archive}?path=${path}`, { Accept: "application/x-tar" });

    expect(membersOf(zip.bytes)).toEqual([{ path: "b.txt", content: "beta" }]);
    expect(tar.headers["content-type"]).toBe("application/x-tar");
    expect(tar.bytes.toString()).toContain("beta");
  });

  test("leaves out what links do not give out", async () => {
    const { owner, folder, archive } = await sharedArchive();
    const url = (name: string) => `/api/v1/files?folderId=${folder.id}&name=${name}`;
    const bad = (await owner.put(url("bad.txt"), "bad")).json;
    await world().settle();
    await owner.put(url("new.txt"), "new");
    const files = world().mongo.db.collection<FileEntry>("entries");
    await files.updateOne({ _id: bad.id }, { $set: { state: "quarantined" } });

    const { bytes } = await world().visitor().get(archive);

    expect(membersOf(bytes).map(({ path }) => path)).toEqual(["a.txt", "größe/", "größe/b.txt"]);
    await files.updateOne({ _id: bad.id }, { $set: { state: "ready" } });
  });

  test("goes on with the archive that was begun, and counts once", async () => {
    const { owner, folder, link, archive } = await sharedArchive({ maxDownloads: 1 });
    const content = randomBytes(30_000_000);
    const url = `/api/v1/files?folderId=${folder.id}&name=large.bin`;
    const { id } = (await owner.put(url, content)).json;
    await world().settle();
    const agent = { "User-Agent": "somebody/1" };
    const begun = await beginning(world().url + archive, agent);
    await eventually(
      () => usesOf(world(), link),
      ([use]) => (use?.bytes ?? 0) > 0,
    );
    await owner.delete(`/api/v1/files/${id}?permanent=true`);

    const rest = await world()
      .visitor()
      .get(archive, range(`${begun.length}-`, agent));

    expect(rest.status).toBe(206);
    const large = membersOf(Buffer.concat([begun, rest.bytes])).find(
      ({ path }) => path === "large.bin",
    );
    expect(large?.content === content.toString()).toBe(true);
    await expectDownloads(world(), link, { used: 1, open: 0 });
  });

  test("is all of a new one for a range of what the client has not begun", async () => {
    const { archive } = await sharedArchive();

    const { status, bytes } = await world().visitor().get(archive, range("100-"));

    expect(status).toBe(200);
    expect(membersOf(bytes)).toHaveLength(3);
  });

  test("answers HEAD without making anything", async () => {
    const { link, archive } = await sharedArchive();

    const { status, headers } = await world().visitor().head(archive);

    expect([status, headers["content-type"]]).toEqual([200, "application/zip"]);
    expect(await archives().countDocuments({ actorId: link.id })).toBe(0);
    expect(await downloadsOf(world(), link)).toEqual({ used: 0, open: 0 });
  });

  test("is not for links to look at files, or to a file", async () => {
    const { archive } = await sharedArchive({ permission: "view" });
    const { archive: download } = await sharedArchive();
    const visitor = world().visitor();

    const view = await visitor.get(archive);

    expect([view.status, view.json.code]).toEqual([403, "link-view-only"]);
    for (const path of ["a.txt", "gone", "../a.txt", ".."]) {
      const { status } = await visitor.get(`${download}?path=${encodeURIComponent(path)}`);
      expect([path, status]).toEqual([path, path.startsWith("..") ? 400 : 404]);
    }
  });
});

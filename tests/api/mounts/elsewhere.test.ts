import { describe, expect, test } from "@jest/globals";
import { shareLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";
import { exported, linesOf, makeExport } from "../export/exported.js";
import { API } from "../shares/people.js";
import { children, mounted, type Mounted, textAt } from "./mounted.js";

const world = useWorld({ trashRetentionMs: 1000 * 3600 });

/** The mount lies in a folder of the guest, beside a file. */
async function inFolder(role = "viewer"): Promise<Mounted & { readonly own: string }> {
  const all = await mounted(world(), role);
  const own = (await all.guest.makeFolder("own")).id;
  await all.guest.patch(`${API}/mounts/${all.mountId}`, { folderId: own, tags: ["t"] });
  await all.guest.put(`${API}/files?name=f&folderId=${own}`, "content");
  return { ...all, own };
}

const copyOf = async ({ guest }: Mounted, id: string, body: object) => {
  const { status } = await guest.post(`${API}/folders/${id}/copy`, body);
  expect(status).toBe(202);
  await world().settle();
};

describe("A folder with a mount", () => {
  test("is copied with the mount within one's own account", async () => {
    const all = await inFolder();

    await copyOf(all, all.own, { name: "copy" });

    const { id } = (await all.guest.get(`${API}/by-path/copy?metadata`)).json;
    const [, copy] = await children(all.guest, id);
    expect(copy).toMatchObject({ kind: "mount", tags: ["t"], target: { id: all.folder } });
    expect(copy?.id).not.toBe(all.mountId);
    expect(await textAt(all.guest, "copy/Team/inner/a.txt")).toBe("hello");
  });

  test("is copied without the mount by another account", async () => {
    const all = await inFolder();
    const third = await world().member();
    const { username } = (await third.get(`${API}/me`)).json;
    await all.guest.post(`${API}/shares`, { entryId: all.own, username, role: "editor" });
    const target = (await third.makeFolder("target")).id;

    await copyOf({ ...all, guest: third }, all.own, { folderId: target });

    const { id } = (await third.get(`${API}/by-path/target/own?metadata`)).json;
    expect(await children(third, id)).toMatchObject([{ name: "f" }]);
  });

  test("is copied without the mount into a folder of another account", async () => {
    const all = await inFolder("editor");

    await copyOf(all, all.own, { folderId: all.folder });

    const { id } = (await all.owner.get(`${API}/by-path/shared/own?metadata`)).json;
    expect(await children(all.owner, id)).toMatchObject([{ name: "f" }]);
  });

  test("goes into the trash with the mount, and comes back with it", async () => {
    const all = await inFolder();

    await all.guest.delete(`${API}/folders/${all.own}`);
    expect((await all.guest.get(`${API}/mounts/${all.mountId}`)).status).toBe(404);
    expect((await all.guest.get(`${API}/trash`)).json.items).toMatchObject([{ id: all.own }]);
    await all.guest.post(`${API}/trash/${all.own}/restore`);

    expect(await textAt(all.guest, "own/Team/inner/a.txt")).toBe("hello");
  });

  test("is purged with the mount, and nothing else", async () => {
    const all = await inFolder("manager");

    await all.guest.delete(`${API}/folders/${all.own}?permanent=true`);
    await world().settle();

    const entries = world().mongo.db.collection<{ _id: string }>("entries");
    expect(await entries.countDocuments({ _id: all.mountId })).toBe(0);
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("hello");
    expect(await all.guest.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("is in an archive without the mount", async () => {
    const all = await inFolder();

    const { json } = await all.guest.post(`${API}/archives`, { folderId: all.own });

    const { bytes } = await all.guest.get(json.links.content);
    expect(membersOf(bytes).map(({ path }) => path)).toEqual(["f"]);
  });

  test("is shown by a link without the mount, and no path of the link leads through it", async () => {
    const all = await inFolder("manager");
    await world().settle();
    const { path } = await shareLink(world(), { owner: all.guest, id: all.own, kind: "folder" });

    const listed = await all.guest.get(`${path}/entries/`, { Accept: "application/json" });
    expect(listed.json.items).toMatchObject([{ name: "f" }]);
    for (const below of ["Team", "Team/inner/a.txt"]) {
      expect((await all.guest.get(`${path}/entries/${below}`)).status).toBe(404);
    }
    const archive = await all.guest.get(`${path}/archive`);
    expect(membersOf(archive.bytes).map(({ path: member }) => member)).toEqual(["f"]);
  });
});

describe("A mount", () => {
  test("is told by the export, without what it leads to", async () => {
    const all = await inFolder();

    const { contents } = await exported(all.guest, await makeExport(all.guest));

    expect([...contents.keys()].filter((name) => name.startsWith("files/"))).toEqual([
      "files/own/",
      "files/own/f",
    ]);
    expect(linesOf(contents, "mounts")).toMatchObject([
      { id: all.mountId, path: "/own/Team", archivePath: null, targetId: all.folder },
    ]);
  });

  test("costs nothing", async () => {
    const all = await mounted(world(), "viewer");

    expect(await all.guest.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("is moved, tagged and deleted by a batch", async () => {
    const all = await mounted(world(), "editor");
    const own = (await all.guest.makeFolder("own")).id;
    const id = all.mountId;
    const { json } = await all.guest.post(`${API}/batch`, {
      operations: [
        { op: "move", id, folderId: own },
        { op: "tag", id, add: ["t"] },
        { op: "copy", id },
        { op: "delete", id },
        { op: "delete", id },
      ],
    });

    expect(json.items).toMatchObject([
      { status: 200, entry: { path: "/own/Team", target: { id: all.folder } } },
      { status: 200, entry: { tags: ["t"] } },
      { status: 404 },
      { status: 204 },
      { status: 404 },
    ]);
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("hello");
  });

  test.each(["move", "delete"])("is one of the entries of a job: %s", async (op) => {
    const all = await inFolder("editor");
    const operation = op === "move" ? { op, folderId: "root" } : { op };
    const begun = await all.guest.post(`${API}/jobs`, {
      selection: { folderId: all.own },
      operation,
    });
    await world().settle();

    const job = await all.guest.get(begun.json.links.job);
    expect(job.json).toMatchObject({ state: "succeeded", progress: { done: 2, failed: 0 } });
    const items = (await all.guest.get(`${begun.json.links.job}/items`)).json.items;
    expect(items.map(({ kind }) => kind).sort()).toEqual(["file", "mount"]);
    expect(await children(all.guest, all.own)).toEqual([]);
    expect((await all.guest.get(`${API}/trash`)).json.items).toHaveLength(op === "move" ? 0 : 1);
    expect(await textAt(all.owner, "shared/inner/a.txt")).toBe("hello");
  });
});

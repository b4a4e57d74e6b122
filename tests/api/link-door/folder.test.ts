import { describe, expect, test } from "@jest/globals";
import type { FileEntry } from "../../../common/entries/entry.js";
import type { ShareLink } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { sharedFile, sharedFolder } from "./notes-and-holidays.js";

const world = useWorld();

describe("Below a link to a folder", () => {
  const below = ({ path }: ShareLink, rest: string) => `${path}/entries/${rest}`;

  test("folders are listed and files are sent", async () => {
    const { link } = await sharedFolder(world());
    const visitor = world().visitor();

    const { json } = await visitor.get(below(link, "?sort=name&limit=1&foldersFirst=true"));
    const rest = await visitor.get(
      below(link, `?sort=name&limit=1&foldersFirst=true&cursor=${String(json.nextCursor)}`),
    );
    const inner = await visitor.get(below(link, "gr%C3%B6%C3%9Fe/"));

    expect(json.items).toEqual([
      expect.objectContaining({ kind: "folder", name: "größe", path: "/größe" }),
    ]);
    expect(rest.json.items).toEqual([expect.objectContaining({ name: "a.txt", path: "/a.txt" })]);
    expect(inner.json.items.map(({ path }) => path)).toEqual(["/größe/b.txt"]);
    const content = await visitor.get(below(link, "gr%C3%B6%C3%9Fe/b.txt"));
    expect(content.bytes.toString()).toBe("beta");
    expect(content.headers["cache-control"]).toBe("no-store");
  });

  test("metadata has no ids and nothing that is its owner's alone", async () => {
    const { link, folder, inner } = await sharedFolder(world());
    const visitor = world().visitor();

    const file = await visitor.get(below(link, "a.txt?metadata"));
    const folderAnswer = await visitor.get(below(link, "gr%C3%B6%C3%9Fe?metadata"));

    const text = JSON.stringify([file.json, folderAnswer.json]);
    expect(Object.keys(file.json)).not.toContain("tags");
    for (const id of [folder.id, inner.id]) expect(text).not.toContain(id);
  });

  test("what was moved out of it is not there", async () => {
    const { owner, link, inner } = await sharedFolder(world());

    await owner.patch(`/api/v1/folders/${inner.id}`, { parentId: "root" });

    const { status } = await world().visitor().get(below(link, "gr%C3%B6%C3%9Fe/b.txt"));
    expect(status).toBe(404);
  });

  test("files that are being inspected wait, and files in which something was found are not there", async () => {
    const { owner, folder, link } = await sharedFolder(world());
    const files = world().mongo.db.collection<FileEntry>("entries");
    const put = (name: string) =>
      owner.put(`/api/v1/files?folderId=${folder.id}&name=${name}`, "bytes");
    const [slow, bad] = [(await put("slow")).json, (await put("bad")).json];
    const visitor = world().visitor();
    const before = await visitor.get(below(link, "slow"));
    await world().settle();
    await files.updateOne({ _id: bad.id }, { $set: { state: "quarantined" } });

    const { json } = await visitor.get(below(link, "?sort=name"));

    expect([before.status, before.json.code]).toEqual([503, "content-not-ready"]);
    expect(before.headers["retry-after"]).toBe("2");
    expect((await visitor.get(below(link, "slow"))).status).toBe(200);
    expect(json.items.map(({ name }) => name)).toEqual(["a.txt", "größe", "slow"]);
    expect((await visitor.get(below(link, "bad"))).status).toBe(404);
    expect((await visitor.get(below(link, "bad?metadata"))).status).toBe(404);
    await files.updateOne({ _id: bad.id }, { $set: { state: "ready" } });
    expect(slow.state).toBe("processing");
  });
});

describe("A link to look at files", () => {
  test("shows pictures and text, and gives nothing to save", async () => {
    const { owner, folder, link } = await sharedFolder(world(), { permission: "view" });
    await owner.put(`/api/v1/files?folderId=${folder.id}&name=c.pdf`, "%PDF-1.7\nx");
    await world().settle();
    const visitor = world().visitor();
    const get = (rest: string) => visitor.get(`${link.path}/entries/${rest}`);

    const shown = await get("a.txt");
    const saved = await get("a.txt?download");
    const pdf = await get("c.pdf");

    expect(shown.bytes.toString()).toBe("alpha");
    expect(shown.headers["content-disposition"]).toMatch(/^inline/);
    for (const { status, json } of [saved, pdf]) {
      expect([status, json.code]).toEqual([403, "link-view-only"]);
    }
    const { json } = await get("c.pdf?metadata");
    expect(json.links).toEqual({ content: null, download: null, preview: null });
  });

  test("lets others be saved by download", async () => {
    const { link } = await sharedFile(world());

    const { headers } = await world().visitor().get(`${link.path}/content?download`);

    expect(headers["content-disposition"]).toMatch(/^attachment; filename="notes.txt"/);
  });
});

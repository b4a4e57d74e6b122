import { describe, expect, test } from "@jest/globals";
import { ObjectId } from "mongodb";
import type { ArchiveDoc, ArchivePageDoc } from "../../../common/archives/archive.js";
import { makeTree } from "../../support/trees.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";
import { API, give, people } from "./people.js";

const world = useWorld();

const archives = () => world().mongo.db.collection<ArchiveDoc>("archives");
const pages = () => world().mongo.db.collection<ArchivePageDoc>("archivePages");

describe("the preparation of an archive of what is shared", () => {
  /** A tree of more folders than a request lists. */
  const wide = () => Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`folder ${n}`, {}]));

  /** An archive that the worker has to go on with. */
  async function begin() {
    const all = await people(world());
    await makeTree(all.owner, wide(), all.folder);
    await give(all, "viewer");
    const { status, json } = await all.guest.post(`${API}/archives`, { ids: [all.folder] });
    expect(status).toBe(202);
    const ownerId = (await all.guest.get(`${API}/me`)).json.id;
    return { all, json, target: { ownerId, archiveId: json.id } };
  }

  test("goes on in the tree of the owner after a crash behind any page", async () => {
    const { all, json, target } = await begin();
    const { archivePreparation } = world().jobs;
    await archivePreparation.run(target, { pages: 1, queriesPerPage: 5 });
    await archivePreparation.run(target, { pages: 1, queriesPerPage: 5 });
    // A worker that died between a page and its holds.
    await pages().updateMany({ archiveId: json.id, n: { $gte: 2 } }, { $set: { before: null } });

    await archivePreparation.run(target);

    const { bytes } = await all.guest.get(json.links.content);
    const paths = membersOf(bytes).map(({ path }) => path);
    expect(new Set(paths).size).toBe(123);
    expect(paths).toContain("shared/inner/a.txt");
  });

  test("finds content that moved since it was listed, by the owner's version", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const { id, links } = (await all.guest.post(`${API}/archives`, { ids: [all.inner, all.file] }))
      .json;
    const ownerId = (await all.guest.get(`${API}/me`)).json.id;
    // A worker that died behind the page, and bytes that were encrypted meanwhile.
    await archives().updateOne({ _id: id }, { $set: { state: "preparing", extent: null } });
    const page = await pages().findOne({ archiveId: id }, { promoteLongs: false });
    const members = (page?.members ?? []).map((member) =>
      member.kind === "file" ? { ...member, blobId: new ObjectId() } : member,
    );
    expect(members).toHaveLength(3);
    await pages().updateOne({ archiveId: id }, { $set: { before: null, members } });

    await world().jobs.archivePreparation.run({ ownerId, archiveId: id });

    expect(membersOf((await all.guest.get(links.content)).bytes)).toEqual([
      { path: "inner/", content: "" },
      { path: "inner/a.txt", content: "hello" },
      { path: "a.txt", content: "hello" },
    ]);
  });

  test("shows nobody what it lists after the share was taken back", async () => {
    const { all, json, target } = await begin();
    const [share] = (await all.owner.get(`${API}/shares?entryId=${all.folder}`)).json.items;
    await all.owner.delete(`${API}/shares/${share?.id}`);

    await world().jobs.archivePreparation.run(target);

    expect(await archives().findOne({ _id: json.id })).toMatchObject({ state: "ready" });
    expect((await all.guest.get(json.links.content)).status).toBe(404);
    expect((await all.guest.get(json.links.metadata)).status).toBe(404);
  });
});

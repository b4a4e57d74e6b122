import { describe, expect, test } from "@jest/globals";
import { Binary, ObjectId } from "mongodb";
import type { EventDoc } from "../../../common/events/event.js";
import { newId } from "../../../common/platform/ids.js";
import { openBucket } from "../../../common/storage/bucket.js";
import { useWorld } from "../../support/use-world.js";
import type { World } from "../../support/world.js";
import { DAMAGES, fsck, leavePreview, NEVER, openTestFsck, storedIn } from "./fsck-world.js";

const world = useWorld({}, { isDamaged: true });

/** The kinds of what is found about one owner, or one blob. */
const kindsOf = async (running: World, about: readonly string[], mode = {}) => {
  const { findings } = await fsck(running, mode);
  return findings
    .filter(({ ownerId, subjectId }) => about.includes(ownerId ?? "") || about.includes(subjectId))
    .map(({ kind }) => kind);
};

describe("fsck", () => {
  test("finds nothing in a sound store, deep or not, whatever lies in the trash or is being written", async () => {
    const { owner, folderId, file } = await storedIn(world());
    await owner.delete(`/api/v1/folders/${folderId}`);
    await owner.store("b", Buffer.alloc(300_000, 1));
    const about = [file.ownerId, file.blobId.toHexString()];

    expect(await kindsOf(world(), about)).toEqual([]);
    expect(await kindsOf(world(), about, { deep: true })).toEqual([]);
  });

  test.each(DAMAGES)("finds %s, and repairs it: %s", async (kind, isRepairable, damage) => {
    const stored = await storedIn(world());
    const { file } = stored;
    const about = [file.ownerId, file.blobId.toHexString(), file.versionId];
    await damage(stored);

    expect(await kindsOf(world(), about)).toContain(kind);
    expect(await kindsOf(world(), about)).toContain(kind);
    const { run, findings } = await fsck(world(), { repair: true });
    const found = findings.find(
      (each) => each.kind === kind && about.includes(each.ownerId ?? each.subjectId),
    );
    expect(found?.repair ?? null).toEqual(isRepairable ? expect.any(String) : null);
    expect(run.repaired).toBeGreaterThanOrEqual(isRepairable ? 1 : 0);
    const after = await kindsOf(world(), about);
    if (isRepairable) expect(after).toEqual([]);
    else expect(after).toContain(kind);
  });

  test("removes previews and events that belong to nothing", async () => {
    const { db, file } = await storedIn(world());
    const [blobId, ownerId] = [new ObjectId(), newId()];
    await leavePreview(db, blobId);
    const event = await db.collection<EventDoc>("events").findOne({ ownerId: file.ownerId });
    if (event === null) throw new Error("The account has no events");
    await db.collection<EventDoc>("events").insertOne({ ...event, _id: newId(), ownerId });
    const about = [blobId.toHexString(), ownerId];
    const kinds = ["preview-without-blob", "events-without-account"];

    expect(await kindsOf(world(), about)).toEqual(kinds);
    expect(await kindsOf(world(), about, { repair: true })).toEqual(kinds);
    expect(await kindsOf(world(), about)).toEqual([]);
    expect(await kindsOf(world(), [file.ownerId])).toEqual([]);
  });

  test("puts what had lost its place into the folder Recovered, where its owner can read it", async () => {
    const { owner, file, files, folders, folderId } = await storedIn(world());
    const other = await owner.store("other", "another content");
    await files.deleteOne({ _id: other.id });
    await folders.deleteOne({ _id: folderId });

    await fsck(world(), { repair: true });

    const root = await owner.get("/api/v1/folders/root/children");
    const recovered = root.json.items.find(({ name }) => name === "Recovered");
    const inside = await owner.get(`/api/v1/folders/${recovered?.id ?? ""}/children`);
    expect(inside.json.items.map(({ name }) => name).toSorted()).toEqual([
      "a.txt",
      `recovered-${other.id}`,
    ]);
    expect((await owner.get(`/api/v1/files/${file._id}`)).bytes.toString()).toBe(
      "the content of a file",
    );
    expect((await owner.get(`/api/v1/files/${other.id}`)).bytes.toString()).toBe("another content");
  });

  test("reads all bytes only when it is deep", async () => {
    const { db, file } = await storedIn(world());
    const { chunks } = openBucket(db);
    const altered = new Binary(Buffer.from("the content of a pile"));
    await chunks.updateOne({ files_id: file.blobId }, { $set: { data: altered } });
    const about = [file.blobId.toHexString()];

    expect(await kindsOf(world(), about)).toEqual([]);
    expect(await kindsOf(world(), about, { deep: true })).toEqual(["damaged-blob"]);
  });

  test("resumes after the last batch when it was interrupted, and one process at a time is at it", async () => {
    await storedIn(world());
    const { fsck: first, runs } = openTestFsck(world());
    const run = await first.start({ isDeep: false, isRepairing: false });
    const stopping = new AbortController();
    const interrupted = first.run(stopping.signal, ({ check }) => {
      if (check === "tree") stopping.abort(new Error("stopped"));
    });
    await expect(interrupted).rejects.toThrow();

    const left = await runs.find(run._id);
    expect(left).toMatchObject({ state: "running", position: { check: "versions" } });
    const { fsck: second } = openTestFsck(world());
    expect(await second.start({ isDeep: true, isRepairing: true })).toMatchObject({ _id: run._id });
    const checks = new Set<string>();
    const both = await Promise.all([
      second.run(NEVER, ({ check }) => checks.add(check)),
      first.run(NEVER),
    ]);

    expect(both.filter(Boolean)).toHaveLength(1);
    expect([...checks]).not.toContain("blobs");
    expect(await runs.find(run._id)).toMatchObject({ state: "done" });
  });

  test("that is cancelled stops, and does not end as done", async () => {
    await storedIn(world());
    const { fsck: checker, runs } = openTestFsck(world());
    const run = await checker.start({ isDeep: false, isRepairing: false });
    const isDone = await checker.run(NEVER, () => void runs.cancel());

    expect(isDone).toBe(false);
    expect(await runs.find(run._id)).toMatchObject({ state: "cancelled" });
  });
});

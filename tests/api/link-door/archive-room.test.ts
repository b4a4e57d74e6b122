import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { ArchiveDoc } from "../../../common/archives/archive.js";
import { newId } from "../../../common/platform/ids.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";
import { sharedFolder } from "./notes-and-holidays.js";

const world = useWorld();

const HOUR_MS = 3_600_000;
const MOST = 1000;

const archives = () => world().mongo.db.collection<ArchiveDoc>("archives");

/** A link to a folder with more than all buffers on the way hold, and a download of all of it that is not read on. */
async function begun() {
  const { owner, folder, link } = await sharedFolder(world());
  const url = `/api/v1/files?folderId=${folder.id}&name=large.bin`;
  await owner.put(url, randomBytes(20_000_000));
  await world().settle();
  const path = `${link.path}/archive`;
  const answer = await fetch(world().url + path);
  expect(answer.status).toBe(200);
  return { path, answer, find: () => archives().findOne({ actorId: link.id, state: "ready" }) };
}

/** Others like it, the first of which was read last the longest time ago. */
async function addOthers(archive: ArchiveDoc, count: number, readers: number): Promise<string[]> {
  const others = Array.from({ length: count }, (_, n) => {
    const expiresAt = new Date(Date.now() + HOUR_MS / 2 + n);
    return { ...archive, _id: newId(), expiresAt, readers };
  });
  await archives().insertMany(others);
  return others.map(({ _id }) => _id);
}

const required = <T>(found: T | null | undefined): T => {
  if (found === null || found === undefined) throw new Error("There is none");
  return found;
};

describe("An archive for a download by a link", () => {
  test("is kept for an hour after it was read last, and says how many read it", async () => {
    const { answer, find } = await begun();
    const running = required(await find());
    const soon = new Date(Date.now() + HOUR_MS / 2);
    await archives().updateOne({ _id: running._id }, { $set: { expiresAt: soon } });

    expect(running.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + HOUR_MS);
    expect(running.readers).toBe(1);
    await answer.body?.cancel();

    const left = await eventually(find, (found) => found?.readers === 0);
    expect(required(left).expiresAt.getTime()).toBeGreaterThan(soon.getTime() + HOUR_MS / 3);
  });

  test("makes room for another one when nobody reads it, the oldest first", async () => {
    const { path, answer, find } = await begun();
    const [oldest, second] = await addOthers(required(await find()), MOST - 1, 0);

    const { status } = await world().visitor().get(path);

    expect(status).toBe(200);
    const stateOf = async (id = "") => (await archives().findOne({ _id: id }))?.state;
    expect([await stateOf(oldest), await stateOf(second)]).toEqual(["ending", "ready"]);
    await answer.body?.cancel();
  });

  test("keeps its place while it is read: another one is 503 then", async () => {
    const { path, answer, find } = await begun();
    await addOthers(required(await find()), MOST - 1, 1);

    const { status, headers, json } = await world().visitor().get(path);

    expect([status, headers["retry-after"], json.code]).toEqual([503, "60", "busy"]);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(20_000_000);
  });
});

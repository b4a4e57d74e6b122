import { describe, expect, test } from "@jest/globals";
import type { Answer } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people } from "../shares/people.js";
import { children, mounted } from "./mounted.js";

const world = useWorld();

const ROUNDS = 10;
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

describe("Requests for one name at once", () => {
  test("make one mount: the others are 409", async () => {
    const all = await people(world());
    await give(all, "viewer");

    for (let round = 0; round < ROUNDS; round += 1) {
      const body = { entryId: all.folder, name: `m${round}` };
      const posts = Array.from({ length: 4 }, () => all.guest.post(`${API}/mounts`, body));
      expect(statuses(await Promise.all(posts))).toEqual([201, 409, 409, 409]);
    }

    expect(await children(all.guest)).toHaveLength(ROUNDS);
  });

  test.each(["file", "folder"])("make a mount or a %s, never both", async (kind) => {
    const all = await people(world());
    await give(all, "viewer");

    for (let round = 0; round < ROUNDS; round += 1) {
      const name = `n${round}`;
      const other =
        kind === "file"
          ? () => all.guest.put(`${API}/files?name=${name}&onConflict=fail`, "x")
          : () => all.guest.post(`${API}/folders`, { name });
      const answers = await Promise.all([
        all.guest.post(`${API}/mounts`, { entryId: all.folder, name }),
        other(),
      ]);
      expect(statuses(answers)).toEqual([201, 409]);
    }

    expect(await children(all.guest)).toHaveLength(ROUNDS);
    await world().settle();
  });
});

describe("At once with a mount", () => {
  test("its folder is deleted: no mount is left in it, or it is in the trash with it", async () => {
    const all = await people(world());
    await give(all, "viewer");

    for (let round = 0; round < ROUNDS; round += 1) {
      const { id: folderId } = await all.guest.makeFolder(`f${round}`);
      const [made] = await Promise.all([
        all.guest.post(`${API}/mounts`, { entryId: all.folder, folderId }),
        all.guest.delete(`${API}/folders/${folderId}?permanent=true`),
      ]);
      expect([201, 404]).toContain(made.status);
    }

    await world().settle();
    const entries = world().mongo.db.collection("entries");
    const left = { kind: "mount", isTrashed: false, name: "shared" };
    expect(await entries.countDocuments(left)).toBe(0);
  });

  test("its share is taken back: a write by path is refused, or was done before", async () => {
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const all = await mounted(world(), "editor");
      const put = (name: string) => all.guest.put(`${API}/by-path/Team/${name}`, "x");

      const [during, ended] = await Promise.all([
        put("during"),
        all.owner.delete(`${API}/shares/${all.shareId}`),
      ]);
      const after = await put("after");

      expect(ended.status).toBe(204);
      expect([201, 404]).toContain(during.status);
      expect(after.status).toBe(404);
      const names = (await children(all.owner, all.folder)).map(({ name }) => name);
      expect(names).toEqual(during.status === 201 ? ["during", "inner"] : ["inner"]);
    }
  });
});

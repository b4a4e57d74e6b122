import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people, type People } from "./people.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

/** A file and a folder that are shared as such, and a folder of their owner that the guest may write to. */
async function shared() {
  const all = await people(world());
  const elsewhere = (await all.owner.makeFolder("elsewhere")).id;
  for (const entryId of [all.file, all.inner, elsewhere]) await give(all, "manager", entryId);
  const other = (await all.owner.makeFolder("other")).id;
  const file = (await all.owner.put(`${API}/files?name=b.txt&folderId=${other}`, "b")).json.id;
  await give(all, "manager", file);
  return { ...all, file, elsewhere };
}

const codeOf = (status: number, code?: string) => [status, code];

describe("what was shared itself", () => {
  const refused: [string, (all: People & { elsewhere: string }) => ReturnType<Client["get"]>][] = [
    ["delete the file", ({ guest, file }) => guest.delete(`${API}/files/${file}`)],
    ["delete the folder", ({ guest, inner }) => guest.delete(`${API}/folders/${inner}`)],
    ["rename the file", ({ guest, file }) => guest.patch(`${API}/files/${file}`, { name: "x" })],
    [
      "rename the folder",
      ({ guest, inner }) => guest.patch(`${API}/folders/${inner}`, { name: "x" }),
    ],
    [
      "move the file to another folder of its owner",
      ({ guest, file, elsewhere }) => guest.patch(`${API}/files/${file}`, { folderId: elsewhere }),
    ],
    [
      "move the folder to another folder of its owner",
      ({ guest, inner, elsewhere }) =>
        guest.patch(`${API}/folders/${inner}`, { parentId: elsewhere }),
    ],
  ];
  test.each(refused)("lets nobody %s: 409 top-of-share", async (_name, act) => {
    const all = await shared();

    const { status, json } = await act(all);

    expect(codeOf(status, json.code)).toEqual([409, "top-of-share"]);
    expect(json.detail).toMatch(/shared with you itself/);
    expect((await all.owner.get(`${API}/by-path/other/b.txt`)).status).toBe(200);
    expect((await all.owner.get(`${API}/by-path/shared/inner/a.txt`)).status).toBe(200);
  });

  test("stays in a batch and in a job, too", async () => {
    const { guest, file, inner, elsewhere } = await shared();
    const operations = [
      { op: "delete", id: file },
      { op: "delete", id: inner },
      { op: "move", id: file, name: "x" },
      { op: "move", id: inner, folderId: elsewhere },
    ];

    const batch = await guest.post(`${API}/batch`, { operations });
    const job = await guest.post(`${API}/jobs`, {
      selection: { ids: [file, inner] },
      operation: { op: "delete" },
    });
    await world().settle();
    const { items } = (await guest.get(job.json.links.items)).json;

    const top = { status: 409, problem: { code: "top-of-share" } };
    expect(batch.json.items).toMatchObject([top, top, top, top]);
    const failed = { status: "failed", problem: { code: "top-of-share" } };
    expect(items).toMatchObject([failed, failed]);
  });

  test("is described and tagged by editors, as what lies in it is", async () => {
    const { guest, file, inner } = await shared();

    for (const path of [`${API}/files/${file}`, `${API}/folders/${inner}`]) {
      const { status, json } = await guest.patch(path, { description: "ours", tags: ["a"] });
      expect(status).toBe(200);
      expect(json).toMatchObject({ description: "ours", tags: ["a"] });
    }
  });

  test("is renamed and deleted by who has the folder that it lies in, too", async () => {
    const all = await people(world());
    await give(all, "editor", all.file);
    await give(all, "editor");

    expect((await all.guest.patch(`${API}/files/${all.file}`, { name: "b.txt" })).status).toBe(200);
    expect((await all.guest.delete(`${API}/files/${all.file}`)).status).toBe(204);
  });

  test.each([
    ["viewer", 403, 2],
    ["editor", 204, 1],
    ["manager", 204, 1],
  ])(
    "has versions: a %s who deletes an earlier one is answered %i",
    async (role, expected, left) => {
      const all = await people(world());
      const { owner, guest, file, inner } = all;
      await owner.put(`${API}/files?name=a.txt&folderId=${inner}`, "hello again");
      await give(all, role, file);
      const versions = `${API}/files/${file}/versions`;
      const [current, earlier] = (await guest.get(versions)).json.items;

      const { status } = await guest.delete(`${versions}/${earlier?.id}`);

      expect(status).toBe(expected);
      expect((await owner.get(versions)).json.items).toHaveLength(left);
      if (left === 1) {
        const shown = await guest.delete(`${versions}/${current?.id}`);
        expect(codeOf(shown.status, shown.json.code)).toEqual([409, "current-version"]);
      }
      expect((await owner.get(`${API}/files/${file}`)).bytes.toString()).toBe("hello again");
    },
  );

  test.each([
    ["viewer", 403, "hello again"],
    ["editor", 200, "hello"],
  ])("has versions: a %s who restores one is answered %i", async (role, expected, content) => {
    const all = await people(world());
    const { owner, guest, file, inner } = all;
    await owner.put(`${API}/files?name=a.txt&folderId=${inner}`, "hello again");
    await give(all, role, file);
    const versions = `${API}/files/${file}/versions`;
    const earlier = (await guest.get(versions)).json.items[1];

    const { status } = await guest.post(`${versions}/${earlier?.id}/restore`);

    expect(status).toBe(expected);
    expect((await owner.get(`${API}/files/${file}`)).bytes.toString()).toBe(content);
  });
});

import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { mount } from "../mounts/mounted.js";
import { API, give, people, type People } from "./people.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

const ROLES = ["editor", "manager"];

async function mounted(role: string): Promise<People> {
  const all = await people(world());
  await give(all, role);
  await mount(all.guest, all.folder, { name: "Team" });
  return all;
}

const expectAllKept = async ({ owner }: People) => {
  expect((await owner.get(`${API}/by-path/shared/inner/a.txt`)).bytes.toString()).toBe("hello");
};

describe.each(ROLES)("Of what is shared with somebody as %s", (role) => {
  test.each<[string, (all: People) => string]>([
    ["a file", ({ file }) => `/files/${file}`],
    ["a folder", ({ inner }) => `/folders/${inner}`],
    ["what has a path", () => "/by-path/Team/inner/a.txt"],
  ])("%s is removed for good by nobody but its owner: 403", async (_name, pathOf) => {
    const all = await mounted(role);

    const { status, json } = await all.guest.delete(`${API}${pathOf(all)}?permanent=true`);

    expect([status, json.code]).toEqual([403, "insufficient-role"]);
    expect(json).toMatchObject({ role });
    expect(json.detail).toMatch(/Only the owner can remove this for good/);
    await expectAllKept(all);
  });

  test("nothing is removed for good by a batch or a job either", async () => {
    const all = await mounted(role);
    const { guest, file, inner } = all;

    const batch = await guest.post(`${API}/batch`, {
      operations: [file, inner].map((id) => ({ op: "delete", id, permanent: true })),
    });
    const job = await guest.post(`${API}/jobs`, {
      selection: { ids: [file, inner] },
      operation: { op: "delete", permanent: true },
    });
    await world().settle();

    const refused = { problem: { code: "insufficient-role" } };
    expect(batch.json.items).toMatchObject([refused, refused]);
    const { items } = (await guest.get(job.json.links.items)).json;
    expect(items).toMatchObject([refused, refused]);
    await expectAllKept(all);
  });

  test("what is deleted lies in the trash of its owner, who can remove it for good", async () => {
    const all = await mounted(role);

    expect((await all.guest.delete(`${API}/files/${all.file}`)).status).toBe(204);

    expect((await all.owner.get(`${API}/trash`)).json.items).toMatchObject([{ id: all.file }]);
    const folder = await all.owner.delete(`${API}/folders/${all.inner}?permanent=true`);
    expect(folder.status).toBe(204);
  });
});

test("A mount of one's own is removed with permanent=true, too", async () => {
  const all = await mounted("viewer");

  expect((await all.guest.delete(`${API}/by-path/Team?permanent=true`)).status).toBe(204);

  await expectAllKept(all);
});

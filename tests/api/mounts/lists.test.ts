import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { API, give } from "../shares/people.js";
import { children, mounted } from "./mounted.js";

const world = useWorld();

describe("Lists", () => {
  test("have mounts among files and folders in each order, page by page", async () => {
    const all = await mounted(world(), "viewer");
    await all.guest.makeFolder("z");
    await all.guest.store("a", "content");
    const page = async (query: string) => {
      const names: string[] = [];
      for (let cursor = ""; ;) {
        const { json } = await all.guest.get(
          `${API}/folders/root/children?limit=1&total=true${query}${cursor}`,
        );
        expect(json.total).toBe(3);
        names.push(...json.items.map(({ name }: { name: string }) => name));
        if (json.nextCursor === null) return names;
        cursor = `&cursor=${json.nextCursor}`;
      }
    };

    expect(await page("&sort=name")).toEqual(["a", "Team", "z"]);
    expect(await page("&sort=-name")).toEqual(["z", "Team", "a"]);
    expect(await page("&sort=name&foldersFirst=true")).toEqual(["z", "Team", "a"]);
    expect((await all.guest.get(`${API}/files`)).json.items).toHaveLength(1);
    expect(await children(all.guest, "root", "&type=text/*")).toEqual([]);
  });

  test("of a search have mounts, and kind=mount finds them alone", async () => {
    const all = await mounted(world(), "viewer");
    await all.guest.makeFolder("Team 2");
    const search = async (query: string) =>
      (await all.guest.get(`${API}/search?q=team${query}`)).json.items;

    expect(await search("&sort=name")).toMatchObject([{ kind: "mount" }, { kind: "folder" }]);
    expect(await search("&kind=mount")).toMatchObject([
      { id: all.mountId, path: "/Team", target: { id: all.folder } },
    ]);
  });

  test("of a shared folder show others what they reach themselves", async () => {
    const all = await mounted(world(), "viewer");
    const third = await world().member();
    const { username } = (await third.get(`${API}/me`)).json;
    const own = (await all.guest.makeFolder("own")).id;
    await all.guest.patch(`${API}/mounts/${all.mountId}`, { folderId: own });
    await all.guest.post(`${API}/shares`, { entryId: own, username, role: "editor" });
    const listed = () => children(third, own);

    expect(await listed()).toMatchObject([{ id: all.mountId, target: null }]);
    await give({ ...all, guestName: username }, "viewer");
    expect(await listed()).toMatchObject([{ path: "/Team", target: { role: "viewer" } }]);
    const renamed = await third.patch(`${API}/mounts/${all.mountId}`, { name: "T" });
    expect(renamed.json).toMatchObject({ name: "T" });
  });
});

import { describe, expect, test } from "@jest/globals";
import { picture } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";
import { children, mount } from "../mounts/mounted.js";
import { API, give, people } from "../shares/people.js";

const world = useWorld({ previews: "on" });

describe("The preview of a file of another account", () => {
  test("is shown to those with whom a folder above it is shared, also below a mount, until the share ends", async () => {
    const all = await people(world());
    const { owner, guest, inner } = all;
    const png = await picture({ width: 40, height: 20, format: "png" });
    const { id } = (await owner.put(`${API}/files?name=photo&folderId=${inner}`, png)).json;
    await world().settle();
    const path = `${API}/files/${id}/preview`;
    const before = (await guest.get(path)).status;

    const share = await give(all, "viewer");
    await mount(guest, inner, { name: "Team" });
    const shown = await guest.get(path);
    const items = await children(guest, inner);
    await owner.delete(`${API}/shares/${share.id}`);
    const after = (await guest.get(path)).status;

    expect([before, shown.status, after]).toEqual([404, 200, 404]);
    expect(shown.headers["content-type"]).toBe("image/webp");
    expect(items).toMatchObject([{ name: "a.txt" }, { name: "photo", links: { preview: path } }]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { API, people } from "./people.js";

const world = useWorld();

describe("a group", () => {
  test("is shared with as one, and its members come and go at once", async () => {
    const all = await people(world());
    const { owner, guest, guestName: username, folder, file } = all;
    const group = (await owner.post(`${API}/groups`, { name: "Family" })).json;
    await owner.post(`${API}/shares`, { entryId: folder, groupId: group.id, role: "viewer" });
    const read = async () => (await guest.get(`${API}/files/${file}`)).status;

    expect(await read()).toBe(404);
    expect((await owner.post(`${API}/groups/${group.id}/members`, { username })).status).toBe(200);
    expect(await read()).toBe(200);
    expect((await guest.get(`${API}/groups`)).json.items).toMatchObject([
      { name: "Family", members: [{ username }] },
    ]);
    const memberId = (await guest.get(`${API}/me`)).json.id;
    expect(
      (await guest.send("DELETE", `${API}/groups/${group.id}/members/${memberId}`)).status,
    ).toBe(204);
    expect(await read()).toBe(404);
  });

  test("ends with all that was shared with it", async () => {
    const all = await people(world());
    const { owner, guest, guestName: username, folder, file } = all;
    const group = (await owner.post(`${API}/groups`, { name: "Family" })).json;
    await owner.post(`${API}/groups/${group.id}/members`, { username });
    await owner.post(`${API}/shares`, { entryId: folder, groupId: group.id, role: "viewer" });

    expect((await guest.send("DELETE", `${API}/groups/${group.id}`)).status).toBe(404);
    expect((await guest.post(`${API}/groups/${group.id}/members`, { username })).status).toBe(404);
    expect((await owner.post(`${API}/groups`, { name: "Family" })).status).toBe(409);
    expect((await owner.send("DELETE", `${API}/groups/${group.id}`)).status).toBe(204);

    expect((await guest.get(`${API}/files/${file}`)).status).toBe(404);
    expect((await owner.get(`${API}/shares`)).json.items).toEqual([]);
  });
});

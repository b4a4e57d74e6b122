import { describe, expect, test } from "@jest/globals";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";
import { API } from "../shares/people.js";
import { children, mounted } from "./mounted.js";

const world = useWorld({ accountDeletionGraceMs: 0 });

async function remove(client: Awaited<ReturnType<typeof mounted>>["guest"]): Promise<string> {
  const { id } = (await client.get(`${API}/me`)).json;
  const body = { password: "seven-purple-owls" };
  expect((await client.send("DELETE", `${API}/me`, body)).status).toBeLessThan(300);
  await world().settle();
  return id;
}

describe("When an account is purged", () => {
  test("mounts of others that lead to it stay, lead nowhere, and do not name it", async () => {
    const all = await mounted(world(), "editor");

    const id = await remove(all.owner);

    expect(await children(all.guest)).toMatchObject([{ name: "Team", target: null }]);
    expect((await all.guest.get(`${API}/by-path/Team/inner/a.txt`)).status).toBe(404);
    expect(await mentionsInDb(world().mongo.db, [id])).toEqual([]);
    expect((await all.guest.delete(`${API}/mounts/${all.mountId}`)).status).toBe(204);
  });

  test("its own mounts go, and what they lead to stays", async () => {
    const all = await mounted(world(), "manager");

    const id = await remove(all.guest);

    expect(await mentionsInDb(world().mongo.db, [id, all.mountId])).toEqual([]);
    expect((await all.owner.get(`${API}/by-path/shared/inner/a.txt`)).bytes.toString()).toBe(
      "hello",
    );
  });
});

import { expect, test } from "@jest/globals";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people } from "./people.js";

const world = useWorld({ accountDeletionGraceMs: 0 });

test("What a manager has shared ends with the manager's account, which is mentioned nowhere then", async () => {
  const all = await people(world());
  await give(all, "manager");
  const third = await world().member();
  const { username } = (await third.get(`${API}/me`)).json;
  const { id } = (await all.guest.get(`${API}/me`)).json;
  const share = { entryId: all.inner, username, role: "viewer" };
  expect((await all.guest.post(`${API}/shares`, share)).status).toBe(201);
  expect((await third.get(`${API}/files/${all.file}`)).status).toBe(200);

  const body = { password: "seven-purple-owls" };
  expect((await all.guest.send("DELETE", `${API}/me`, body)).status).toBeLessThan(300);
  expect((await third.get(`${API}/files/${all.file}`)).status).toBe(404);
  await world().settle();

  expect((await all.owner.get(`${API}/shares`)).json.items).toEqual([]);
  expect(await mentionsInDb(world().mongo.db, [id])).toEqual([]);
});

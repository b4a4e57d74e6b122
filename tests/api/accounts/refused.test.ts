import { expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

test("A registration that is refused leaves no session, and the browser keeps the one that it had", async () => {
  const [john, jane] = [somebody(), somebody()];
  const browser = world().visitor();
  await world().visitor().post("/api/v1/register", john);
  await browser.post("/api/v1/register", jane);
  const sessions = () => world().mongo.db.collection("credentials").countDocuments();
  const before = await sessions();

  const refused = await browser.post("/api/v1/register", john);

  expect([refused.status, refused.headers["set-cookie"]]).toEqual([409, undefined]);
  expect((await browser.get("/api/v1/me")).json.username).toBe(jane.username);
  expect(await sessions()).toBe(before);
});

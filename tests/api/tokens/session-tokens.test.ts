import { expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { bearer, Person, refresh } from "./person.js";

const world = useWorld();

const statusWith = async (accessToken: string) =>
  (await world().visitor().get("/api/v1/me", bearer(accessToken))).status;

const familiesOf = async (person: Person) =>
  (await person.browser.get("/api/v1/tokens")).json.items;

test.each([
  ["signs out", async (browser: Client) => browser.post("/api/v1/logout")],
  [
    "ends it from elsewhere",
    async (browser: Client, elsewhere: Client) => {
      const { items } = (await browser.get("/api/v1/sessions")).json;
      const current = items.find(({ isCurrent }) => isCurrent);
      return elsewhere.delete(`/api/v1/sessions/${current?.id ?? ""}`);
    },
  ],
  ["ends all others", async (_browser: Client, other: Client) => other.delete("/api/v1/sessions")],
])("Tokens of a session end with it when its owner %s", async (_how, end) => {
  const person = await Person.register(world());
  const elsewhere = world().visitor();
  await elsewhere.post("/api/v1/login", person.credentials);
  const ofSession = (await person.browser.post("/api/v1/tokens", {})).json;
  const ofPassword = await person.tokens();
  expect(await statusWith(ofSession.accessToken)).toBe(200);

  expect((await end(person.browser, elsewhere)).status).toBe(204);

  expect(await statusWith(ofSession.accessToken)).toBe(401);
  const { status, json } = await refresh(world().visitor(), ofSession.refreshToken);
  expect([status, json.code]).toEqual([401, "invalid-token"]);
  expect(await statusWith(ofPassword.accessToken)).toBe(200);
  expect((await elsewhere.get("/api/v1/tokens")).json.items).toHaveLength(1);
});

test("Tokens of a session last no longer than it does", async () => {
  const person = await Person.register(world());
  await person.browser.post("/api/v1/tokens", {});
  const [session] = (await person.browser.get("/api/v1/sessions")).json.items;

  const [family] = await familiesOf(person);

  expect(family?.expiresAt).toBe(session?.expiresAt);
});

import { beforeEach, describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";
import { outcome, Person } from "../factors/person.js";

const world = useWorld();

const BODY = { name: "backup", scopes: ["files:read"] };

test("Who has a second factor proves it for a new API key, which signs in without it then", async () => {
  const person = await Person.register(world());
  const { app } = await person.setUpApp();
  const make = (proof: object) => person.browser.post("/api/v1/api-keys", { ...BODY, ...proof });

  expect(outcome(await make({}))).toEqual([403, "reauthentication-required"]);
  expect(outcome(await make({ code: "000000" }))).toEqual([403, "reauthentication-failed"]);
  expect((await person.browser.get("/api/v1/api-keys")).json.items).toEqual([]);
  const made = await make({ code: app.code() });

  expect(made.status).toBe(201);
  const headers = { Authorization: `Bearer ${made.json.key}` };
  expect((await world().visitor().get("/api/v1/files", headers)).status).toBe(200);
});

describe("PATCH /api-keys/{id} of somebody with a second factor", () => {
  const terms = {
    name: "backup",
    scopes: ["files:read", "files:write"],
    expiresAt: "2098-01-01T00:00:00.000Z",
    addressRanges: ["10.0.0.0/8"],
  };
  let person: Person;
  let app: Awaited<ReturnType<Person["setUpApp"]>>["app"];

  beforeEach(async () => {
    person = await Person.register(world());
    ({ app } = await person.setUpApp());
  });

  const keyOf = async () => {
    const { json } = await person.browser.post("/api/v1/api-keys", { ...terms, code: app.code() });
    return `/api/v1/api-keys/${json.id}`;
  };

  test.each([
    { scopes: ["files:read", "files:delete"] },
    { expiresAt: "2099-01-01T00:00:00.000Z" },
    { expiresAt: null },
    { addressRanges: ["10.0.0.0/8", "192.0.2.0/24"] },
    { addressRanges: ["10.0.0.0/7"] },
    { addressRanges: ["::/0"] },
    { addressRanges: null },
  ])("answers 403 to %j without it, changes nothing, and 200 with it", async (wider) => {
    const path = await keyOf();

    expect(outcome(await person.browser.patch(path, wider))).toEqual([
      403,
      "reauthentication-required",
    ]);
    expect((await person.browser.get("/api/v1/api-keys")).json.items).toMatchObject([terms]);
    const changed = await person.browser.patch(path, { ...wider, code: app.code(1) });

    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject(wider);
  });

  test.each([
    { name: "other" },
    { scopes: ["files:write"] },
    { expiresAt: "2097-01-01T00:00:00.000Z" },
    { addressRanges: ["10.1.0.0/16", "10.2.3.4/32"] },
    terms,
  ])("answers 200 to %j without it", async (narrower) => {
    const changed = await person.browser.patch(await keyOf(), narrower);

    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject(narrower);
  });
});

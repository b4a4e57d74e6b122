import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { everyEvent, idOf, managed } from "./log.js";

const world = useWorld();

const OWN = "/api/v1/me/audit";

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const managedMember = () => managed(world(), admin);

describe("GET /me/audit", () => {
  test("shows an account its own log, and of others' acts neither network, program nor credential", async () => {
    const { member, id } = await managedMember();

    const events = await everyEvent(member, OWN, 2);

    const adminId = await idOf(admin);
    expect(events.map(({ action }) => action)).toEqual([
      "account.change",
      "account.change",
      "account.create",
    ]);
    expect(events[0]).toMatchObject({
      accountId: id,
      actor: { accountId: adminId, credentialKind: "session", credentialId: null },
      client: null,
    });
    expect(events[2]).toMatchObject({ client: { addressPrefix: "127.0.0.0/24" } });
  });

  test("shows a sign-in that failed, with its network", async () => {
    const person = somebody();
    const member = world().visitor();
    await member.post("/api/v1/register", person);
    await world()
      .visitor()
      .post("/api/v1/login", { ...person, password: "not my password" });

    const { json } = await member.get(`${OWN}?action=session.create&limit=1`);

    expect(json.items[0]).toMatchObject({
      outcome: "failure",
      reason: "invalid-credentials",
      actor: null,
      client: { addressPrefix: "127.0.0.0/24" },
    });
  });

  test("shows nothing of what the account did to others, and no log of others", async () => {
    const { id } = await managedMember();

    const events = await everyEvent(admin, OWN, 1000);

    const adminId = await idOf(admin);
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ accountId }) => accountId))).toEqual(new Set([adminId]));
    expect((await admin.get(`${OWN}?accountId=${id}`)).status).toBe(400);
  });

  test("filters by action and time", async () => {
    const { member } = await managedMember();
    const now = new Date(Date.now() + 60_000).toISOString();

    expect((await member.get(`${OWN}?action=account.create`)).json.items).toHaveLength(1);
    expect((await member.get(`${OWN}?from=${now}`)).json.items).toHaveLength(0);
    expect((await member.get(`${OWN}?to=${now}`)).json.items).toHaveLength(3);
  });
});

import { beforeAll, describe, expect, test } from "@jest/globals";
import { newSecret } from "../../../common/credentials/secret.js";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ adminUsername: "The.Boss" });

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const invite = async (invitation: object = {}) =>
  (await admin.post("/api/v1/admin/invitations", invitation)).json.token;

const register = (person: object, url = world().url) =>
  world().visitor(url).post("/api/v1/register", person);

describe("POST /register where REGISTRATION is invite", () => {
  const web = () => world().addWeb({ registration: "invite" });

  test("answers 403 registration-closed without an invitation, and sets no cookie", async () => {
    const answer = await register(somebody(), await web());

    expect(answer).toMatchObject({ status: 403, json: { code: "registration-closed" } });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("takes an invitation once, and gives its role and limit", async () => {
    const url = await web();
    const invitation = await invite({ role: "viewer", limitBytes: 5 });
    const person = world().visitor(url);

    const { status, json } = await person.post("/api/v1/register", { ...somebody(), invitation });

    expect([status, json.role, json.usage.limitBytes]).toEqual([201, "viewer", 5]);
    expect((await person.get("/api/v1/me")).json).toMatchObject(json);
    expect(await register({ ...somebody(), invitation }, url)).toMatchObject({
      status: 403,
      json: { code: "invalid-invitation" },
    });
  });

  test.each(["", "x", newSecret(), "ü".repeat(128)])(
    "answers 403 invalid-invitation to %j",
    async (invitation) => {
      expect(await register({ ...somebody(), invitation }, await web())).toMatchObject({
        status: 403,
        json: { code: "invalid-invitation" },
      });
    },
  );
});

describe("POST /register where REGISTRATION is closed", () => {
  test("answers 403 registration-closed, with an invitation too", async () => {
    const url = await world().addWeb({ registration: "closed" });

    for (const more of [{}, { invitation: await invite() }]) {
      expect(await register({ ...somebody(), ...more }, url)).toMatchObject({
        status: 403,
        json: { code: "registration-closed" },
      });
    }
  });
});

describe("POST /register where REGISTRATION is open", () => {
  test("makes members, and refuses to set a role, a limit or an id", async () => {
    expect((await register(somebody())).json.role).toBe("member");
    for (const more of [{ role: "admin" }, { limitBytes: 1e15 }, { isDisabled: false }]) {
      expect((await register({ ...somebody(), ...more })).status).toBe(400);
    }
  });

  test("refuses an invitation that is not valid", async () => {
    expect((await register({ ...somebody(), invitation: newSecret() })).status).toBe(403);
  });
});

describe("The name in ADMIN_USERNAME", () => {
  test("is taken for everybody but those with an invitation for an admin", async () => {
    const boss = { username: "THE.boss", password: "seven-purple-owls" };

    for (const more of [{}, { invitation: await invite({ role: "member" }) }]) {
      expect(await register({ ...boss, ...more })).toMatchObject({
        status: 409,
        json: { code: "username-taken" },
      });
    }
    const invitation = await invite({ role: "admin" });
    expect(await register({ ...boss, invitation })).toMatchObject({
      status: 201,
      json: { role: "admin" },
    });
  });
});

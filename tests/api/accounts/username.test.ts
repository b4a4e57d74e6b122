import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ adminUsername: `a.${newId()}` });
const PATH = "/api/v1/me";

const newUsername = () => somebody().username;

/** Somebody who is signed in with two browsers. */
async function twoBrowsers() {
  const person = somebody();
  const [here, elsewhere] = [world().visitor(), world().visitor()];
  const { id } = (await here.post("/api/v1/register", person)).json;
  await elsewhere.post("/api/v1/login", person);
  return { id, person, here, elsewhere };
}

const signIn = async (username: string, password = "seven-purple-owls") =>
  (await world().visitor().post("/api/v1/login", { username, password })).status;

const rename = (client: Client, username: string, password = "seven-purple-owls") =>
  client.send("PATCH", PATH, { username, password });

describe("PATCH /me", () => {
  test("changes the username, ends all sessions but this, and frees the old name", async () => {
    const { id, person, here, elsewhere } = await twoBrowsers();
    const oldCookie = here.cookie;
    const username = newUsername();

    const changed = await rename(here, username);

    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ id, username });
    expect((await here.get(PATH)).json.username).toBe(username);
    expect((await elsewhere.get(PATH)).status).toBe(401);
    expect((await world().visitor().get(PATH, { Cookie: oldCookie })).status).toBe(401);
    expect([await signIn(person.username), await signIn(username)]).toEqual([401, 200]);
    expect((await world().visitor().post("/api/v1/register", person)).status).toBe(201);
  });

  test("takes the same username in other capitals", async () => {
    const { person, here } = await twoBrowsers();

    const changed = await rename(here, person.username.toUpperCase());

    expect(changed.json.username).toBe(person.username.toUpperCase());
    expect(await signIn(person.username)).toBe(200);
  });

  test("answers 409 to a username that somebody has in other capitals, and changes nothing", async () => {
    const [{ here, elsewhere, person }, other] = [await twoBrowsers(), await twoBrowsers()];

    const refused = await rename(here, other.person.username.toUpperCase());

    expect([refused.status, refused.json.code]).toEqual([409, "username-taken"]);
    expect((await elsewhere.get(PATH)).json.username).toBe(person.username);
    expect((await here.get(PATH)).json.username).toBe(person.username);
  });

  test("gives a name that many want at once to one of them", async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => world().member()));
    const username = newUsername();

    const answers = await Promise.all(
      people.map((client, n) => rename(client, n % 2 === 0 ? username : username.toUpperCase())),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 409),
    ]);
    const names = await Promise.all(people.map((client) => client.get(PATH)));
    expect(
      names.filter(({ json }) => json.username.toLowerCase() === username.toLowerCase()),
    ).toHaveLength(1);
  });

  test("is done once by two at once: the other one is signed out", async () => {
    const { here, elsewhere } = await twoBrowsers();

    const answers = await Promise.all([
      rename(here, newUsername()),
      rename(elsewhere, newUsername()),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test("keeps the name of the admin to be from everybody but admins", async () => {
    const { adminUsername = "" } = world().config;
    const [member, admin] = [await world().member(), await world().person("admin")];

    const refused = await rename(member, adminUsername.toUpperCase());

    expect([refused.status, refused.json.code]).toEqual([409, "username-taken"]);
    expect((await rename(admin, adminUsername)).status).toBe(200);
  });

  test("is refused with a wrong password, and changes nothing", async () => {
    const { person, here, elsewhere } = await twoBrowsers();

    const refused = await rename(here, newUsername(), "not this one");

    expect([refused.status, refused.json.code]).toEqual([403, "reauthentication-failed"]);
    expect((await elsewhere.get(PATH)).json.username).toBe(person.username);
  });

  test.each([
    ["too short", { username: "ab", password: "seven-purple-owls" }, "/username"],
    ["of other characters", { username: "a b c", password: "seven-purple-owls" }, "/username"],
    ["missing, as everything else", { password: "seven-purple-owls" }, ""],
    ["with a role", { username: "abc", password: "seven-purple-owls", role: "admin" }, "/role"],
    ["with a password that is no text", { username: "abc", password: 1 }, "/password"],
  ])("answers 400 to a username %s", async (_title, body, pointer) => {
    const { here } = await twoBrowsers();

    const refused = await here.send("PATCH", PATH, body);

    expect(refused.status).toBe(400);
    expect(refused.json.errors).toEqual([expect.objectContaining({ in: "body", pointer })]);
  });

  test("is written into the audit log with the old name and the new one", async () => {
    const { id, person, here } = await twoBrowsers();
    const username = newUsername();
    await rename(here, username);

    const events = await world()
      .mongo.db.collection("auditEvents")
      .find({ accountId: id, action: "username.change" })
      .toArray();

    expect(events).toMatchObject([
      {
        outcome: "success",
        target: { kind: "account", id },
        changes: { username: [person.username, username] },
      },
    ]);
  });

  test("needs a signed-in person", async () => {
    expect((await rename(world().visitor(), newUsername())).status).toBe(401);
  });
});

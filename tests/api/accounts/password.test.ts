import { describe, expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
const PATH = "/api/v1/me/password";
const newPassword = "correct horse battery staple";

/** Somebody who is signed in with two browsers. */
async function twoBrowsers() {
  const person = somebody();
  const [here, elsewhere] = [world().visitor(), world().visitor()];
  const { id } = (await here.post("/api/v1/register", person)).json;
  await elsewhere.post("/api/v1/login", person);
  return { id, person, here, elsewhere };
}

describe("PUT /me/password", () => {
  test("makes the new password the only valid one, and ends all sessions but this, which gets a new id", async () => {
    const { person, here, elsewhere } = await twoBrowsers();
    const oldCookie = here.cookie;

    const changed = await here.send("PUT", PATH, { currentPassword: person.password, newPassword });

    expect(changed.status).toBe(204);
    expect(here.cookie).not.toBe(oldCookie);
    expect((await here.get("/api/v1/me")).status).toBe(200);
    expect((await elsewhere.get("/api/v1/me")).status).toBe(401);
    expect((await world().visitor().get("/api/v1/me", { Cookie: oldCookie })).status).toBe(401);
    const signIn = async (password: string) =>
      (
        await world()
          .visitor()
          .post("/api/v1/login", { ...person, password })
      ).status;
    expect([await signIn(person.password), await signIn(newPassword)]).toEqual([401, 200]);
  });

  test("takes the sessions that end off the list", async () => {
    const { person, here } = await twoBrowsers();

    await here.send("PUT", PATH, { currentPassword: person.password, newPassword });

    expect((await here.get("/api/v1/sessions")).json.items).toHaveLength(1);
  });

  test("is refused with a wrong password, and changes nothing", async () => {
    const { person, here, elsewhere } = await twoBrowsers();

    const refused = await here.send("PUT", PATH, { currentPassword: "not this one", newPassword });

    expect([refused.status, refused.json.code]).toEqual([403, "reauthentication-failed"]);
    expect((await elsewhere.get("/api/v1/me")).status).toBe(200);
    expect((await world().visitor().post("/api/v1/login", person)).status).toBe(200);
  });

  test("is done once by two at once: the other one is signed out", async () => {
    const { person, here, elsewhere } = await twoBrowsers();
    const [one, two] = ["first new password", "second new password"];

    const answers = await Promise.all([
      here.send("PUT", PATH, { currentPassword: person.password, newPassword: one }),
      elsewhere.send("PUT", PATH, { currentPassword: person.password, newPassword: two }),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    const password = answers[0].status === 204 ? one : two;
    expect(
      (
        await world()
          .visitor()
          .post("/api/v1/login", { ...person, password })
      ).status,
    ).toBe(200);
  });

  test.each([
    ["too short", { currentPassword: "seven-purple-owls", newPassword: "short" }, "/newPassword"],
    ["missing", { currentPassword: "seven-purple-owls" }, "/newPassword"],
    ["new, without the one before", { newPassword }, "/currentPassword"],
    [
      "too long a current one",
      { currentPassword: "x".repeat(1025), newPassword },
      "/currentPassword",
    ],
  ])("answers 400 to a password that is %s", async (_title, body, pointer) => {
    const { here } = await twoBrowsers();

    const refused = await here.send("PUT", PATH, body);

    expect(refused.status).toBe(400);
    expect(refused.json.errors).toEqual([expect.objectContaining({ in: "body", pointer })]);
  });

  test("is written into the audit log, with a failure too, and without passwords", async () => {
    const { id, person, here } = await twoBrowsers();
    await here.send("PUT", PATH, { currentPassword: "not this one", newPassword });
    await here.send("PUT", PATH, { currentPassword: person.password, newPassword });

    const events = await world()
      .mongo.db.collection("auditEvents")
      .find({ accountId: id, action: "password.change" })
      .sort({ at: 1 })
      .toArray();

    expect(events).toMatchObject([
      { outcome: "failure", reason: "reauthentication-failed" },
      { outcome: "success", reason: null },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/not this one|horse|seven-purple-owls/);
  });
});

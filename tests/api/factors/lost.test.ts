import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";
import { outcome, Person } from "./person.js";

const world = useWorld();

const pathOf = (id: string) => `/api/v1/admin/accounts/${id}/second-factor`;
const confirmation = { password: "seven-purple-owls" };

async function personWithApp() {
  const person = await Person.register(world());
  const { id } = (await person.browser.get("/api/v1/me")).json;
  return { person, id, ...(await person.setUpApp()) };
}

describe("DELETE /admin/accounts/{id}/second-factor", () => {
  test("answers 204, and the password of the account alone signs in again; the audit log says who did it", async () => {
    const admin = await world().person("admin");
    const { person, id } = await personWithApp();

    const removed = await admin.send("DELETE", pathOf(id), confirmation);

    expect(removed.status).toBe(204);
    expect((await person.signIn()).status).toBe(200);
    const { json: me } = await admin.get("/api/v1/me");
    const events = world().mongo.db.collection("auditEvents");
    const [event] = await events.find({ accountId: id, action: "second-factor.delete" }).toArray();
    expect(event).toMatchObject({ outcome: "success", actor: { accountId: me.id } });
  });

  test("answers 403 to an admin that does not confirm who it is, and to everybody else", async () => {
    const admin = await world().person("admin");
    const { person, id } = await personWithApp();
    const { browser: other } = await Person.register(world());

    const answers = [
      await admin.send("DELETE", pathOf(id), { password: "not this one" }),
      await other.send("DELETE", pathOf(id), confirmation),
      await person.browser.send("DELETE", pathOf(id), confirmation),
      await world().visitor().send("DELETE", pathOf(id), confirmation),
    ];

    expect(answers.map(outcome)).toEqual([
      [403, "reauthentication-failed"],
      [403, "insufficient-scope"],
      [403, "insufficient-scope"],
      [401, "unauthenticated"],
    ]);
    expect(outcome(await person.signIn())).toEqual([401, "second-factor-required"]);
  });

  test("answers 404 where there is no second factor, or no such account", async () => {
    const admin = await world().person("admin");
    const { id } = (await (await Person.register(world())).browser.get("/api/v1/me")).json;

    const answers = [
      await admin.send("DELETE", pathOf(id), confirmation),
      await admin.send("DELETE", pathOf(newId()), confirmation),
    ];

    expect(answers.map(outcome)).toEqual([
      [404, "not-found"],
      [404, "not-found"],
    ]);
  });
});

import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AccountDoc } from "../../../common/accounts/account.js";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { newId } from "../../../common/platform/ids.js";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const RESET = "/api/v1/password-reset";
const NEW = "seven-purple-owls4";

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

async function person() {
  const credentials = somebody();
  const client = world().visitor();
  const { id } = (await client.post("/api/v1/register", credentials)).json;
  return { client, id, username: credentials.username };
}

const makeLink = (id: string) => admin.send("POST", `/api/v1/admin/accounts/${id}/password-reset`);

const reset = (token: string, newPassword = NEW) =>
  world().visitor().post(RESET, { token, newPassword });

const signIn = async (username: string, password: string) =>
  (await world().visitor().post("/api/v1/login", { username, password })).status;

describe("POST /admin/accounts/{id}/password-reset", () => {
  test("answers 201 with a link that is not stored, for admins only", async () => {
    const { client, id } = await person();

    const { status, json } = await makeLink(id);

    expect(status).toBe(201);
    expect(json).toMatchObject({ links: { page: `/password-reset/${json.token}` } });
    const doc = await world().mongo.db.collection<AccountDoc>("accounts").findOne({ _id: id });
    expect(JSON.stringify(doc)).not.toContain(json.token.slice(22));
    expect((await makeLink(newId())).status).toBe(404);
    expect((await client.send("POST", `/api/v1/admin/accounts/${id}/password-reset`)).status).toBe(
      403,
    );
  });
});

describe("POST /password-reset", () => {
  test("sets the password once, and ends all sessions", async () => {
    const { client, id, username } = await person();
    const { token } = (await makeLink(id)).json;

    expect((await reset(token, "short")).status).toBe(400);
    expect((await reset(token)).status).toBe(204);

    expect((await client.get("/api/v1/me")).status).toBe(401);
    expect(await signIn(username, "seven-purple-owls")).toBe(401);
    expect(await signIn(username, NEW)).toBe(200);
    expect(await reset(token)).toMatchObject({ status: 404, json: { code: "not-found" } });
    const actions = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ accountId: id })
      .map(({ action }) => action)
      .toArray();
    expect(actions).toEqual(expect.arrayContaining(["password-reset.create", "password.reset"]));
  });

  test("sets the password once when 6 use the link at once", async () => {
    const { id } = await person();
    const { token } = (await makeLink(id)).json;

    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => reset(token, `password-${n}`)),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([
      204,
      ...Array<number>(5).fill(404),
    ]);
  });

  test("answers 404 to a link that was replaced, has expired, or is another account's", async () => {
    const [one, other] = [await person(), await person()];
    const replaced = (await makeLink(one.id)).json.token;
    const { token } = (await makeLink(one.id)).json;

    expect((await reset(replaced)).status).toBe(404);
    expect((await reset(other.id + token.slice(22))).status).toBe(404);
    expect((await reset(newId() + token.slice(22))).status).toBe(404);
    await world()
      .mongo.db.collection<AccountDoc>("accounts")
      .updateOne({ _id: one.id }, { $set: { "passwordReset.expiresAt": new Date(0) } });
    expect((await reset(token)).status).toBe(404);
    expect(await signIn(one.username, "seven-purple-owls")).toBe(200);
  });
});

describe("The page of the link", () => {
  test("has a form that sets the password without script", async () => {
    const { id, username } = await person();
    const { links } = (await makeLink(id)).json as unknown as { links: { page: string } };
    const url = world().url + links.page;

    const page = await fetch(url);
    const sent = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ newPassword: NEW }),
    });

    expect(await page.text()).toContain('name="newPassword"');
    expect([page.status, sent.status]).toEqual([200, 200]);
    expect(await sent.text()).toContain("Your password is changed");
    expect(await signIn(username, NEW)).toBe(200);
    expect((await fetch(url)).status).toBe(404);
  });

  test.each(["short", "password123"])(
    "shows the form again for %j, and still works",
    async (weak) => {
      const { id } = await person();
      const { links } = (await makeLink(id)).json as unknown as { links: { page: string } };
      const send = (newPassword: string) =>
        fetch(world().url + links.page, {
          method: "POST",
          headers: { Accept: "text/html" },
          body: new URLSearchParams({ newPassword }),
        });

      const refused = await send(weak);
      const text = await refused.text();

      expect(refused.status).toBe(400);
      expect(text).toContain('<p class="fault" id="newPassword-fault">The password ');
      expect(text).toContain(`action="${links.page}"`);
      expect((await send(NEW)).status).toBe(200);
    },
  );
});

describe("DELETE /admin/accounts/{id}/sessions", () => {
  test("signs the account out everywhere, and takes its sessions off the list", async () => {
    const { client, id, username } = await person();

    expect((await client.delete(`/api/v1/admin/accounts/${id}/sessions`)).status).toBe(403);
    expect((await admin.delete(`/api/v1/admin/accounts/${id}/sessions`)).status).toBe(204);

    expect((await client.get("/api/v1/me")).status).toBe(401);
    expect(await signIn(username, "seven-purple-owls")).toBe(200);
    expect((await admin.delete(`/api/v1/admin/accounts/${newId()}/sessions`)).status).toBe(404);
  });

  test("ends API keys where keys is true, and only then", async () => {
    const { id } = await person();
    const keys = world().mongo.db.collection<{ _id: string; accountId: string; kind: string }>(
      "credentials",
    );
    await keys.insertOne({ _id: newId(), accountId: id, kind: "api-key" });
    const count = () => keys.countDocuments({ accountId: id, kind: "api-key" });

    await admin.delete(`/api/v1/admin/accounts/${id}/sessions`);
    expect(await count()).toBe(1);
    await admin.delete(`/api/v1/admin/accounts/${id}/sessions?keys=true`);
    expect(await count()).toBe(0);
  });
});

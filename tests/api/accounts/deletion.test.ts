import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { openQuota } from "../../../common/quota/open.js";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const DAY_MS = 86_400_000;
const world = useWorld({ accountDeletionGraceMs: 14 * DAY_MS });
const ME = "/api/v1/me";

async function person() {
  const credentials = somebody();
  const client = world().visitor();
  const { id } = (await client.post("/api/v1/register", credentials)).json;
  const { password } = credentials;
  return { id, credentials, client, remove: () => client.send("DELETE", ME, { password }) };
}

const signIn = (credentials: object) => world().visitor().post("/api/v1/login", credentials);
const restore = (credentials: object) => world().visitor().post(`${ME}/restore`, credentials);

describe("DELETE /me", () => {
  test("answers 202 with the end of the time of grace, and nothing may be done as the account", async () => {
    const { credentials, client, remove } = await person();
    const elsewhere = world().visitor();
    await elsewhere.post("/api/v1/login", credentials);
    const { links } = await client.store("a", "hello");
    const cookie = client.cookie;

    const answer = await remove();

    expect(answer.status).toBe(202);
    const { requestedAt, purgeAt } = answer.json as unknown as Record<string, string>;
    expect(Date.parse(String(purgeAt)) - Date.parse(String(requestedAt))).toBe(14 * DAY_MS);
    expect(String(answer.headers["set-cookie"])).toMatch(/stowage_session=;/);
    for (const headers of [{}, { Cookie: cookie }]) {
      expect((await client.get(ME, headers)).status).toBe(401);
      expect((await client.get(links.content, headers)).status).toBe(401);
    }
    expect((await elsewhere.get(ME)).status).toBe(401);
  });

  test("keeps everything until then, and tells who signs in with the right password alone", async () => {
    const { id, credentials, client, remove } = await person();
    await client.store("a", "hello");
    await remove();
    await world().settle();
    await world().sweep();

    const [right, wrong] = [
      await signIn(credentials),
      await signIn({ ...credentials, password: "not this one" }),
    ];

    expect([right.status, right.json.code]).toEqual([403, "account-deleted"]);
    expect(right.json).toHaveProperty("purgeAt");
    expect([wrong.status, wrong.json.code]).toEqual([401, "invalid-credentials"]);
    expect((await world().visitor().post("/api/v1/register", credentials)).status).toBe(409);
    expect(await world().mongo.db.collection("versions").countDocuments({ ownerId: id })).toBe(1);
  });

  test("is refused with a wrong password, or none, and changes nothing", async () => {
    const { client } = await person();

    const wrong = await client.send("DELETE", ME, { password: "not this one" });
    const none = await client.send("DELETE", ME);

    expect([wrong.status, wrong.json.code]).toEqual([403, "reauthentication-failed"]);
    expect([none.status, none.json.code]).toEqual([400, "invalid-request"]);
    expect((await client.get(ME)).status).toBe(200);
  });

  test("is done once by two at once", async () => {
    const { remove } = await person();

    const answers = await Promise.all([remove(), remove()]);

    expect(answers.map(({ status }) => status).sort()).toEqual([202, 401]);
  });

  test("leaves no room for an upload of a request that was under way", async () => {
    const { id: ownerId, remove } = await person();
    const { db, now } = world().mongo;
    const { quota } = openQuota({ db, now });
    const key = { ownerId, uploadId: newId() };
    await quota.reserve(key, 1);
    const limitBytes = (await world().services.accounts.find(ownerId)).usage.limitBytes;
    await remove();

    const refused = { code: "not-found" };
    await expect(quota.reserve({ ownerId, uploadId: newId() }, 0)).rejects.toMatchObject(refused);
    await expect(quota.grow(key, 1, limitBytes)).rejects.toMatchObject(refused);
    await quota.release(key);
  });

  test("is refused to the last admin", async () => {
    const admin = await world().person("admin");

    const refused = await admin.send("DELETE", ME, { password: "seven-purple-owls" });

    expect([refused.status, refused.json.code]).toEqual([409, "last-admin"]);
    expect((await admin.get(ME)).status).toBe(200);
  });
});

describe("POST /me/restore", () => {
  test("gives everything back, signs in, and leaves what was signed in before ended", async () => {
    const { id, credentials, client, remove } = await person();
    const cookie = client.cookie;
    const { links } = await client.store("a", "hello");
    await remove();

    const visitor = world().visitor();
    const restored = await visitor.post(`${ME}/restore`, credentials);

    expect(restored.status).toBe(200);
    expect(restored.json.id).toBe(id);
    expect((await visitor.get(links.content)).bytes.toString()).toBe("hello");
    expect((await visitor.get(ME, { Cookie: cookie })).status).toBe(200);
    expect((await world().visitor().get(ME, { Cookie: cookie })).status).toBe(401);
    expect((await signIn(credentials)).status).toBe(200);
    await visitor.store("b", "stored afterwards");
  });

  test("answers as to a wrong password: one that is wrong, an account that stays, and one that an admin has deleted", async () => {
    const [deleted, stays, byAdmin] = [await person(), await person(), await person()];
    await deleted.remove();
    await world().services.accountDeletions.requestByAdmin(byAdmin.id);

    const answers = [
      await restore({ ...deleted.credentials, password: "not this one" }),
      await restore(stays.credentials),
      await restore(somebody()),
    ];

    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(
      answers.map(() => [401, "invalid-credentials"]),
    );
    const refused = await restore(byAdmin.credentials);
    expect([refused.status, refused.json.code]).toEqual([403, "account-disabled"]);
  });

  test("lets two at once restore it together", async () => {
    const { credentials, remove } = await person();
    await remove();

    const answers = await Promise.all([restore(credentials), restore(credentials)]);

    expect(answers.map(({ status }) => status)).toContain(200);
    expect((await signIn(credentials)).status).toBe(200);
  });
});

describe("An admin", () => {
  test("deletes an account, which its owner cannot restore, and restores it", async () => {
    const [admin, { id, client, credentials }] = [await world().person("admin"), await person()];
    const path = `/api/v1/admin/accounts/${id}`;

    const deleted = await admin.delete(path);
    const again = await admin.delete(path);

    expect([deleted.status, again.status]).toEqual([202, 202]);
    expect(again.json).toEqual(deleted.json);
    expect((await client.get(ME)).status).toBe(401);
    expect((await admin.get(path)).json).toMatchObject({
      isDisabled: true,
      purgeAt: (deleted.json as unknown as { purgeAt: string }).purgeAt,
    });
    const restored = await admin.post(`${path}/restore`);
    expect(restored.json).toMatchObject({ isDisabled: false, purgeAt: null });
    expect((await signIn(credentials)).status).toBe(200);
    expect((await admin.post(`${path}/restore`)).status).toBe(404);
  });

  test("takes over what the owner has asked for", async () => {
    const [admin, { id, credentials, remove }] = [await world().person("admin"), await person()];
    await remove();

    expect((await admin.delete(`/api/v1/admin/accounts/${id}`)).status).toBe(202);

    expect((await restore(credentials)).json.code).toBe("account-disabled");
  });

  test("finds no account that is not there, and members find none at all", async () => {
    const [admin, { id, client }] = [await world().person("admin"), await person()];
    const nobody = "/api/v1/admin/accounts/AAAAAAAAAAAAAAAAAAAAAA";

    expect((await admin.delete(nobody)).status).toBe(404);
    expect((await admin.post(`${nobody}/restore`)).status).toBe(404);
    expect((await client.delete(`/api/v1/admin/accounts/${id}`)).json.code).toBe(
      "insufficient-scope",
    );
  });
});

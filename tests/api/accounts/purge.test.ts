import { describe, expect, test } from "@jest/globals";
import { busyPerson } from "../../support/busy-person.js";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ accountDeletionGraceMs: 0 });
const ME = "/api/v1/me";

describe("A deleted account", () => {
  test("leaves neither its id nor its name, in no collection", async () => {
    const neighbour = await world().member();
    await neighbour.store("a", "neighbour");
    const { id, credentials, client } = await busyPerson(world());
    expect((await client.post("/api/v1/me/export")).status).toBe(201);
    const words = [id, credentials.username];
    const { db } = world().mongo;
    expect(
      new Set((await mentionsInDb(db, words)).map((mention) => mention.split(":")[0])),
    ).toEqual(
      new Set([
        "accounts",
        "archivePages",
        "archives",
        "auditEvents",
        "credentials",
        "entries",
        "events",
        "factors",
        "idempotencyKeys",
        "jobs",
        "linkUses",
        "links",
        "uploads",
        "versions",
      ]),
    );

    await client.send("DELETE", ME, { password: credentials.password });
    await world().settle();

    expect(await mentionsInDb(db, words)).toEqual([]);
    expect(await db.collection("blobs.files").countDocuments()).toBe(1);
    expect((await neighbour.usage()).bytes).toBe(9);
  });

  test("keeps what it did in the audit log, under an id that says nothing", async () => {
    const { id, credentials, client } = await busyPerson(world());
    const events = () =>
      world().mongo.db.collection("auditEvents").find().sort({ at: 1, _id: 1 }).toArray();
    const before = (await events()).filter(({ accountId }) => accountId === id);

    await client.send("DELETE", ME, { password: credentials.password });
    await world().settle();

    const [purge] = (await events()).filter(({ action }) => action === "account.purge").slice(-1);
    const after = (await events()).filter(({ accountId }) => accountId === purge?.["accountId"]);
    expect(after.map(({ action }) => String(action))).toEqual([
      ...before.map(({ action }) => String(action)),
      "account.delete",
      "account.purge",
    ]);
    expect(after.filter(({ client: trace }) => trace !== null)).toEqual([]);
  });

  test("leaves what an admin did to it, and what it did as an admin to others, without its id", async () => {
    const [admin, leaving, victim] = [
      await world().person("admin"),
      await world().person("admin"),
      await world().member(),
    ];
    const idOf = async (who: typeof admin) => (await who.get(ME)).json.id;
    const [adminId, leavingId, victimId] = [
      await idOf(admin),
      await idOf(leaving),
      await idOf(victim),
    ];
    await leaving.send("PATCH", `/api/v1/admin/accounts/${victimId}`, { role: "viewer" });
    await admin.send("PATCH", `/api/v1/admin/accounts/${leavingId}`, { limitBytes: 1000 });

    await leaving.send("DELETE", ME, { password: "seven-purple-owls" });
    await world().settle();

    const { db } = world().mongo;
    expect(await mentionsInDb(db, [leavingId])).toEqual([]);
    const events = db.collection("auditEvents");
    expect(await events.findOne({ accountId: victimId, action: "account.change" })).toMatchObject({
      actor: { accountId: expect.any(String), credentialKind: "session" },
      changes: { role: ["member", "viewer"] },
      client: null,
    });
    expect(
      await events.countDocuments({ "actor.accountId": adminId, action: "account.change" }),
    ).toBe(1);
  });

  test("frees its username at once, for an account that has none of its files", async () => {
    const { credentials, client } = await busyPerson(world());
    await client.send("DELETE", ME, { password: credentials.password });
    await world().settle();

    const next = world().visitor();
    const registered = await next.post("/api/v1/register", credentials);

    expect(registered.status).toBe(201);
    expect((await next.get("/api/v1/files")).json.items).toEqual([]);
  });

  test("cannot be restored once its purge has begun", async () => {
    const { id, credentials, client } = await busyPerson(world());
    await client.send("DELETE", ME, { password: credentials.password });
    const stop = AbortSignal.abort(new Error("killed"));
    const { deletion } = await world().services.accounts.find(id);
    await expect(world().jobs.accountPurge.run(String(deletion?.id), stop)).rejects.toThrow();

    const answer = await world().visitor().post(`${ME}/restore`, credentials);

    expect([answer.status, answer.json.code]).toEqual([401, "invalid-credentials"]);
    await expect(world().services.accountDeletions.restore(id, "admin")).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

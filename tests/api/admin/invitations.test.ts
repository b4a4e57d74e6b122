import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { newId } from "../../../common/platform/ids.js";
import type { InvitationDoc } from "../../../common/registration/invitation.js";
import { type Client, somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const INVITATIONS = "/api/v1/admin/invitations";

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const docs = () => world().mongo.db.collection<InvitationDoc>("invitations");
const invite = async (body: object = {}) => (await admin.post(INVITATIONS, body)).json;

const register = (invitation: string, person: object = somebody()) =>
  world()
    .visitor()
    .post("/api/v1/register", { ...person, invitation });

const usesLeft = async (id: string) => (await docs().findOne({ _id: id }))?.usesLeft;

describe("POST /admin/invitations", () => {
  test("answers 201 with a token that is not stored, and 7 days, one use and a member by default", async () => {
    const { status, json } = await admin.post(INVITATIONS, {});

    expect(status).toBe(201);
    expect(json).toMatchObject({ role: "member", maxUses: 1, usesLeft: 1 });
    const { createdAt, expiresAt } = json as unknown as Record<string, string>;
    expect(Date.parse(String(expiresAt)) - Date.parse(String(createdAt))).toBeCloseTo(
      7 * 86_400_000,
      -4,
    );
    expect(JSON.stringify(await docs().find().toArray())).not.toContain(json.token);
    const events = await world().mongo.db.collection<AuditDoc>("auditEvents").find().toArray();
    expect(events).toContainEqual(
      expect.objectContaining({
        action: "invitation.create",
        target: { kind: "invitation", id: json.id },
      }),
    );
    expect(JSON.stringify(events)).not.toContain(json.token);
  });

  test.each([
    { role: "root" },
    { maxUses: 0 },
    { maxUses: 10_001 },
    { maxUses: 1.5 },
    { limitBytes: -1 },
    { expiresAt: "2020-01-01T00:00:00Z" },
    { expiresAt: "tomorrow" },
    { expiresAt: 1 },
    { expiresAt: null },
    { uses: 1 },
  ])("answers 400 to %j", async (body) => {
    expect((await admin.post(INVITATIONS, body)).status).toBe(400);
  });

  test("is for admins only, as listing and revoking are", async () => {
    const member = await world().member();
    const { id } = await invite();

    const answers = [
      await member.post(INVITATIONS, {}),
      await member.get(INVITATIONS),
      await member.delete(`${INVITATIONS}/${id}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await usesLeft(id)).toBe(1);
  });
});

describe("GET /admin/invitations", () => {
  test("lists the latest first, page by page, without tokens", async () => {
    const made = [await invite(), await invite(), await invite()].map(({ id }) => id).reverse();

    const first = await admin.get(`${INVITATIONS}?limit=2`);
    const second = await admin.get(
      `${INVITATIONS}?limit=1&cursor=${String(first.json.nextCursor)}`,
    );

    const ids = [...first.json.items, ...second.json.items].map(({ id }) => id);
    expect(ids).toEqual(made);
    expect(first.json.items[0]).not.toHaveProperty("token");
    expect(first.json.items[0]).not.toHaveProperty("secretHash");
  });
});

describe("DELETE /admin/invitations/{id}", () => {
  test("answers 204, then 404, and nobody can register with it", async () => {
    const { id, token } = await invite({ maxUses: 5 });

    expect((await register(token)).status).toBe(201);
    expect((await admin.delete(`${INVITATIONS}/${id}`)).status).toBe(204);
    expect((await register(token)).status).toBe(403);
    expect((await admin.delete(`${INVITATIONS}/${id}`)).status).toBe(404);
    expect((await admin.delete(`${INVITATIONS}/${newId()}`)).status).toBe(404);
  });
});

describe("The uses of an invitation", () => {
  test("are exact when 24 register at once with 7", async () => {
    const { id, token } = await invite({ maxUses: 7 });

    const answers = await Promise.all(Array.from({ length: 24 }, () => register(token)));

    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    expect([count(201), count(403)]).toEqual([7, 17]);
    expect(await docs().findOne({ _id: id })).toMatchObject({ usesLeft: 0, pending: [] });
  });

  test("are not taken by a registration that fails", async () => {
    const { id, token } = await invite();
    const { username } = await world().visitor().register();

    expect((await register(token, { username, password: "seven-purple-owls" })).status).toBe(409);
    expect((await register(token, { username: "n", password: "seven-purple-owls" })).status).toBe(
      400,
    );
    expect(await usesLeft(id)).toBe(1);
    expect((await register(token)).status).toBe(201);
  });

  test("come back when a process died before it made the account, and not when it had made it", async () => {
    const { id, token } = await invite({ maxUses: 2 });
    const made = (await world().visitor().register()).id;
    const at = new Date(Date.now() - 61_000);
    const pending = [made, newId()].map((accountId) => ({ accountId, at }));
    await docs().updateOne({ _id: id }, { $set: { usesLeft: 0, pending } });

    expect((await register(token)).status).toBe(201);
    expect((await register(token)).status).toBe(403);
    expect(await docs().findOne({ _id: id })).toMatchObject({ usesLeft: 0, pending: [] });
  });

  test("are over when it has expired, before the database removes it", async () => {
    const { id, token } = await invite({ maxUses: 5 });
    await docs().updateOne({ _id: id }, { $set: { expiresAt: new Date(Date.now() - 1) } });

    expect((await register(token)).status).toBe(403);
  });
});

describe("An invitation whose maker is no admin any more", () => {
  test.each([
    ["disabled", (maker: Client) => world().disable(maker)],
    ["a member", (maker: Client) => world().setRole(maker, "member")],
  ])("is 403 while the maker is %s", async (_what, end) => {
    const maker = await world().person("admin");
    const { id, token } = (await maker.post(INVITATIONS, { maxUses: 2 })).json;
    expect((await register(token)).status).toBe(201);

    await end(maker);

    const refused = await register(token);
    expect([refused.status, refused.json.code]).toEqual([403, "invalid-invitation"]);
    expect(await usesLeft(id)).toBe(1);
  });

  test("takes no use where that happens while the password is hashed", async () => {
    const maker = await world().person("admin");
    const { id } = (await maker.post(INVITATIONS, {})).json;
    const accountId = newId();
    await world().disable(maker);

    const late = world().services.invitations.use(id, accountId, () => {
      throw new Error("An account was made");
    });

    await expect(late).rejects.toMatchObject({ code: "invalid-invitation" });
    expect(await docs().findOne({ _id: id })).toMatchObject({ usesLeft: 1, pending: [] });
  });
});

describe("An API key of an admin", () => {
  test("invites members and no admins, and makes nobody an admin", async () => {
    const { client } = await admin.makeKey(["admin"]);
    const member = (await (await world().member()).get("/api/v1/me")).json;

    const answers = [
      await client.post(INVITATIONS, {}),
      await client.post(INVITATIONS, { role: "admin" }),
      await client.patch(`/api/v1/admin/accounts/${member.id}`, { role: "viewer" }),
      await client.patch(`/api/v1/admin/accounts/${member.id}`, { role: "admin" }),
    ];

    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [201, undefined],
      [403, "credential-not-accepted"],
      [200, undefined],
      [403, "credential-not-accepted"],
    ]);
  });
});

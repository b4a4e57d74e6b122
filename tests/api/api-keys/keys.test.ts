import { describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import type { CredentialDoc } from "../../../common/credentials/credential.js";
import { MAX_API_KEYS } from "../../../common/credentials/api-keys.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const KEYS = "/api/v1/api-keys";
const SHOWN = {
  name: "Backup",
  scopes: ["files:read"],
  expiresAt: null,
  rootFolderId: null,
  addressRanges: null,
  lastUsedAt: null,
  lastUsedFrom: null,
  lastUsedBy: null,
};

const inOneDay = () => new Date(Date.now() + 86_400_000).toISOString();
const make = (client: Client, terms: object = {}) =>
  client.post(KEYS, { name: "Backup", scopes: ["files:read"], ...terms });

const credentials = () => world().mongo.db.collection<CredentialDoc>("credentials");

describe("POST /api-keys", () => {
  test("gives the key once, and stores its hash", async () => {
    const client = await world().member();

    const { status, json, headers } = await make(client);

    expect(status).toBe(201);
    expect(json).toMatchObject(SHOWN);
    expect(json.key).toMatch(/^stw_[A-Za-z0-9_-]{65}[0-9A-Za-z]{6}$/);
    expect(json.key.slice(4, 26)).toBe(json.id);
    expect(headers["cache-control"]).toBe("no-store");
    expect(JSON.stringify(await credentials().find().toArray())).not.toContain(
      json.key.slice(26, 69),
    );
    const { items } = (await client.get(KEYS)).json;
    expect(items).toEqual([expect.objectContaining({ ...SHOWN, id: json.id })]);
    expect(JSON.stringify(items)).not.toContain(json.key.slice(26));
  });

  test("takes an expiry, a folder and ranges of addresses", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("backup");
    const expiresAt = inOneDay();

    const { json } = await make(client, {
      scopes: ["files:write", "files:read", "files:read"],
      expiresAt,
      rootFolderId: folder.id,
      addressRanges: ["192.0.2.7", "2001:db8::/32"],
    });

    expect(json).toMatchObject({
      scopes: ["files:read", "files:write"],
      expiresAt,
      rootFolderId: folder.id,
      addressRanges: ["192.0.2.7/32", "2001:db8::/32"],
    });
  });

  test.each<[object, string]>([
    [{ name: "" }, "/name"],
    [{ name: "a".repeat(65) }, "/name"],
    [{ name: "line\nbreak" }, "/name"],
    [{ name: 1 }, "/name"],
    [{ name: undefined }, "/name"],
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["files:everything"] }, "/scopes/0"],
    [{ scopes: "files:read" }, "/scopes"],
    [{ scopes: null }, "/scopes"],
    [{ scopes: undefined }, "/scopes"],
    [{ scopes: ["admin"] }, "/scopes"],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
    [{ expiresAt: "tomorrow" }, "/expiresAt"],
    [{ expiresAt: "2030-02-31T25:00:00Z" }, "/expiresAt"],
    [{ expiresAt: 4_000_000_000 }, "/expiresAt"],
    [{ rootFolderId: "root" }, "/rootFolderId"],
    [{ addressRanges: [] }, "/addressRanges"],
    [{ addressRanges: ["192.0.2.0/33"] }, "/addressRanges/0"],
    [{ addressRanges: ["192.0.2.0/24", "x"] }, "/addressRanges/1"],
    [{ addressRanges: ["::ffff:192.0.2.0/120"] }, "/addressRanges/0"],
    [{ addressRanges: Array(21).fill("192.0.2.0/24") }, "/addressRanges"],
    [{ accountId: newId() }, "/accountId"],
  ])("refuses %j, and says where it is wrong", async (terms, pointer) => {
    const { status, json } = await make(await world().member(), terms);

    expect(status).toBe(400);
    expect(json.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  test("knows no folder that is somebody else's, or none", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    const { id } = await jane.makeFolder("private");
    const file = await john.store("file", "a");

    for (const rootFolderId of [id, newId(), file.id]) {
      expect((await make(john, { rootFolderId })).status).toBe(404);
    }
  });

  test("gives a viewer no key that writes, and an admin one that administers", async () => {
    const [viewer, admin] = [await world().member(), await world().member()];
    await world().setRole(viewer, "viewer");
    await world().setRole(admin, "admin");

    expect((await make(viewer, { scopes: ["files:write"] })).json.errors).toEqual([
      expect.objectContaining({ pointer: "/scopes" }),
    ]);
    expect((await make(viewer)).status).toBe(201);
    expect((await make(admin, { scopes: ["admin"] })).status).toBe(201);
  });

  test("makes at most 100 keys for an account, also at once", async () => {
    const client = await world().member();
    await make(client);
    const [doc] = await credentials().find({ kind: "api-key" }).sort({ createdAt: -1 }).toArray();
    const more = Array.from({ length: MAX_API_KEYS - 3 }, () => ({ ...doc, _id: newId() }));
    await credentials().insertMany(more as CredentialDoc[]);

    const answers = await Promise.all(Array.from({ length: 6 }, () => make(client)));

    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ json }) => json.code)).toContain("too-many-api-keys");
    expect([made.length <= 2, made.length + refused.length]).toEqual([true, 6]);
    const { items } = (await client.get(`${KEYS}?limit=1000`)).json;
    expect(items).toHaveLength(MAX_API_KEYS - 2 + made.length);
  });
});

describe("GET /api-keys", () => {
  test("lists the latest first, page by page, and nobody else's", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.unshift((await make(john)).json.id);
    await make(jane);

    const first = await john.get(`${KEYS}?limit=2`);
    const second = await john.get(`${KEYS}?limit=2&cursor=${String(first.json.nextCursor)}`);
    const third = await john.get(`${KEYS}?limit=2&cursor=${String(second.json.nextCursor)}`);

    const pages = [first, second, third].flatMap(({ json }) => json.items.map(({ id }) => id));
    expect([...pages].sort()).toEqual([...ids].sort());
    expect(third.json.nextCursor).toBeNull();
    expect(first.headers["link"]).toContain('rel="next"');
    const other = (await john.get("/api/v1/files?limit=1")).json.nextCursor ?? "AAAA";
    expect((await john.get(`${KEYS}?cursor=${other}`)).json.code).toBe("invalid-cursor");
  });
});

describe("PATCH /api-keys/{id}", () => {
  test("changes what it names, from the next request on", async () => {
    const owner = await world().member();
    const { id, client } = await owner.makeKey(["files:read"]);
    const expiresAt = inOneDay();

    const { status, json } = await owner.patch(`${KEYS}/${id}`, {
      name: "New name",
      scopes: ["account:read"],
      expiresAt,
      addressRanges: ["127.0.0.0/8"],
    });

    const changed = { id, name: "New name", scopes: ["account:read"], expiresAt };
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...changed, addressRanges: ["127.0.0.0/8"] });
    expect((await owner.get(KEYS)).json.items).toEqual([json]);
    expect((await client.get("/api/v1/files")).status).toBe(403);
    expect((await client.get("/api/v1/me")).status).toBe(200);
    const lifted = await owner.patch(`${KEYS}/${id}`, { expiresAt: null, addressRanges: null });
    expect(lifted.json).toMatchObject({ name: "New name", expiresAt: null, addressRanges: null });
  });

  test.each<[object, string]>([
    [{}, ""],
    [{ scopes: ["admin"] }, "/scopes"],
    [{ scopes: [] }, "/scopes"],
    [{ name: null }, "/name"],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
    [{ rootFolderId: null }, "/rootFolderId"],
  ])("refuses %j, and changes nothing", async (changes, pointer) => {
    const owner = await world().member();
    const { id } = await owner.makeKey(["files:read"]);

    const { status, json } = await owner.patch(`${KEYS}/${id}`, changes);

    expect(status).toBe(400);
    expect(json.errors.map((fault) => fault.pointer)).toContain(pointer);
    expect((await owner.get(KEYS)).json.items[0]).toMatchObject({ name: "key" });
  });

  test("does not know somebody else's key, or a session", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    const { id } = await jane.makeKey(["files:read"]);
    const session = await credentials().findOne({ kind: "session" });

    for (const unknown of [id, newId(), session?._id, "x"]) {
      const path = `${KEYS}/${String(unknown)}`;
      expect((await john.patch(path, { name: "mine" })).status).toBe(404);
      expect((await john.delete(path)).status).toBe(404);
    }
    expect((await jane.get(KEYS)).json.items[0]?.name).toBe("key");
  });
});

describe("DELETE /api-keys/{id}", () => {
  test("ends a key on another web process at its next request", async () => {
    const owner = await world().member();
    const { id, client, key } = await owner.makeKey(["account:read"]);
    const elsewhere = await world().addWeb();
    expect((await client.get("/api/v1/me")).status).toBe(200);

    expect((await owner.delete(`${KEYS}/${id}`)).status).toBe(204);

    const headers = { Authorization: `Bearer ${key}` };
    expect((await fetch(`${elsewhere}/api/v1/me`, { headers })).status).toBe(401);
    expect((await owner.delete(`${KEYS}/${id}`)).status).toBe(404);
    expect((await owner.get(KEYS)).json.items).toEqual([]);
  });
});

describe("The audit log", () => {
  test("has who made, changed and revoked a key, and no secret", async () => {
    const owner = await world().member();
    const { id, key } = await owner.makeKey(["files:read"]);
    await owner.patch(`${KEYS}/${id}`, { scopes: ["account:read"] });
    await owner.delete(`${KEYS}/${id}`);

    const events = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ "target.id": id })
      .sort({ at: 1, _id: 1 })
      .toArray();

    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "api-key.create success",
      "api-key.change success",
      "api-key.revoke success",
    ]);
    expect(events[1]?.changes).toEqual({ scopes: [["files:read"], ["account:read"]] });
    expect(JSON.stringify(events)).not.toContain(key.slice(26));
  });
});

import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { LinkDoc } from "../../../common/links/link.js";
import { inDays, LINKS, makeLink, share } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const DAY_MS = 86_400_000;

const links = () => world().mongo.db.collection<LinkDoc>("links");

describe("POST /links", () => {
  test("makes a link to a file, with a URL that has its token", async () => {
    const client = await world().member();
    const file = await client.store("plan.pdf", "a plan");
    const me = (await client.get("/api/v1/me")).json;

    const { status, json, headers } = await share(client, file.id);

    expect(status).toBe(201);
    expect(json).toEqual({
      id: json.id,
      kind: "share",
      entryId: file.id,
      entryKind: "file",
      entryPath: "/plan.pdf",
      owner: { id: me.id, username: me.username },
      label: null,
      permission: "download",
      hasPassword: false,
      maxDownloads: null,
      downloads: 0,
      notifiesFirstUse: false,
      expiresAt: null,
      state: "active",
      isEnabled: true,
      createdAt: json.createdAt,
      lastUsedAt: null,
      url: `/s/${world().services.linkTokens.make(json.id)}`,
      links: { self: `${LINKS}/${json.id}`, log: `${LINKS}/${json.id}/log` },
    });
    expect(headers["location"]).toMatch(new RegExp(`${LINKS}/${json.id}$`));
    expect(headers["cache-control"]).toBe("no-store");
  });

  test("takes all that an owner may say of it", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("in");
    const expiresAt = inDays(3);

    const { json } = await share(client, folder.id, {
      permission: "upload+view",
      label: "From the büro 🏢",
      password: "seven-purple-owls",
      expiresAt,
      maxDownloads: 5,
      notifiesFirstUse: true,
    });

    expect(json).toMatchObject({
      entryKind: "folder",
      entryPath: "/in",
      permission: "upload+view",
      label: "From the büro 🏢",
      hasPassword: true,
      expiresAt,
      maxDownloads: 5,
      notifiesFirstUse: true,
      state: "active",
    });
    const doc = await links().findOne({ _id: json.id });
    expect(doc).toMatchObject({ passwordHash: expect.stringMatching(/^\$argon2id\$/) });
    expect(doc?.removeAt?.getTime()).toBe(Date.parse(expiresAt) + 90 * DAY_MS);
  });

  test("leads to everything by the alias root", async () => {
    const client = await world().member();

    const { status, json } = await share(client, "root", { permission: "view" });

    expect([status, json.entryPath]).toEqual([201, "/"]);
    expect((await share(client, json.entryId)).status).toBe(201);
  });

  test("has an absolute URL where PUBLIC_URL is set", async () => {
    const url = await world().addWeb({ publicUrl: new URL("http://files.example") });
    const client = await world().member(url);

    const { json } = await share(client, "root");

    expect(json.url).toBe(`http://files.example/s/${world().services.linkTokens.make(json.id)}`);
  });

  test.each<[object, string]>([
    [{ entryId: undefined }, "/entryId"],
    [{ entryId: "everything" }, "/entryId"],
    [{ permission: undefined }, "/permission"],
    [{ permission: "delete" }, "/permission"],
    [{ label: "" }, "/label"],
    [{ label: "a".repeat(101) }, "/label"],
    [{ label: "line\nbreak" }, "/label"],
    [{ label: "Invoice \u202efdp.exe" }, "/label"],
    [{ label: "\u2066Plans\u2069" }, "/label"],
    [{ password: "seven77" }, "/password"],
    [{ password: "password" }, "/password"],
    [{ password: "a".repeat(1025) }, "/password"],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
    [{ expiresAt: "tomorrow" }, "/expiresAt"],
    [{ maxDownloads: 0 }, "/maxDownloads"],
    [{ maxDownloads: 1.5 }, "/maxDownloads"],
    [{ maxDownloads: "5" }, "/maxDownloads"],
    [{ notifiesFirstUse: null }, "/notifiesFirstUse"],
    [{ isEnabled: false }, "/isEnabled"],
    [{ ownerId: newId() }, "/ownerId"],
  ])("refuses %j, and says where it is wrong", async (terms, pointer) => {
    const { status, json } = await share(await world().member(), "root", terms);

    expect(status).toBe(400);
    expect(json.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  test.each(["upload", "upload+view"])("gives no permission %s for a file", async (permission) => {
    const client = await world().member();
    const { id } = await client.store("a", "");

    const { status, json } = await share(client, id, { permission });

    expect(status).toBe(400);
    expect(json.errors.map((fault) => fault.pointer)).toEqual(["/permission"]);
  });

  test("knows no entry that is somebody else's, deleted, or none", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    const [foreign, gone] = [await jane.store("a", "a"), await john.store("b", "b")];
    await john.delete(`/api/v1/files/${gone.id}`);

    for (const id of [foreign.id, gone.id, newId()]) {
      expect((await share(john, id)).status).toBe(404);
    }
    expect(await links().countDocuments({ entryId: { $in: [foreign.id, gone.id] } })).toBe(0);
  });

  test("asks for a credential that may make links", async () => {
    const client = await world().member();
    const { client: reader } = await client.makeKey(["files:read", "files:write"]);
    const { client: maker } = await client.makeKey(["links:write"]);

    expect((await share(world().visitor(), "root")).status).toBe(401);
    expect((await share(reader, "root")).json.code).toBe("insufficient-scope");
    expect((await share(maker, "root")).status).toBe(201);
    expect((await share(await world().person("viewer"), "root")).status).toBe(403);
  });

  test("makes at most 1,000 valid links for an account, also at once", async () => {
    const client = await world().member();
    const { id, entryId } = await makeLink(client, "root");
    const doc = await links().findOne({ _id: id });
    if (doc === null) throw new Error("There is no link");
    const copies = (count: number, changes: Partial<LinkDoc>) =>
      Array.from({ length: count }, () => ({ ...doc, ...changes, _id: newId() }) as LinkDoc);
    await links().insertMany([
      ...copies(997, {}),
      ...copies(3, { expiresAt: new Date(0) }),
      ...copies(3, { revokedAt: new Date() }),
    ]);

    const answers = await Promise.all(Array.from({ length: 5 }, () => share(client, entryId)));

    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ json }) => json.code)).toContain("too-many-links");
    expect([made.length <= 2, made.length + refused.length]).toEqual([true, 5]);
    const valid = { ownerId: doc.ownerId, revokedAt: null, expiresAt: null };
    expect(await links().countDocuments(valid)).toBe(998 + made.length);
  });
});

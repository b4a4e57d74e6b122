import { describe, expect, test } from "@jest/globals";
import type { Id } from "../../../common/platform/ids.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { VersionJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const DAY_MS = 86_400_000;
const ME = "/api/v1/me";

const world = useWorld({ trashRetentionMs: 30 * DAY_MS });

const versions = () => world().mongo.db.collection<VersionDoc>("versions");

/** Somebody with a file that has had these contents, oldest first. */
async function withVersions(...contents: string[]) {
  const client = await world().member();
  const id = await storeAll(client, "a.txt", contents);
  return { client, id, path: `/api/v1/files/${id}` };
}

async function storeAll(client: Client, name: string, contents: readonly string[]): Promise<Id> {
  let id = "";
  for (const content of contents) id = (await client.store(name, content)).id;
  await world().settle();
  return id;
}

const versionsOf = async (client: Client, path: string) =>
  (await client.get(`${path}/versions`)).json.items as unknown as VersionJson[];

async function contentsOf(client: Client, path: string): Promise<string[]> {
  const found = await versionsOf(client, path);
  return Promise.all(
    found.map(async ({ links }) => (await client.get(links.content)).bytes.toString()),
  );
}

/** Says which versions to keep, and lets the worker do what follows from that. */
async function keep(client: Client, versionRules: object | null) {
  const answer = await client.patch(ME, { versionRules });
  expect(answer.status).toBe(200);
  await sweep();
  return answer;
}

async function sweep() {
  await world().sweep();
  await world().settle();
}

describe("PATCH /me with versionRules", () => {
  test("says which versions are kept, and null that the rules of the installation count", async () => {
    const client = await world().member();
    const rules = { maxCount: 3, maxAgeDays: null, dailyAfterDays: null };

    expect((await client.get(ME)).json).toMatchObject({
      versionRules: null,
      effectiveVersionRules: { maxCount: null, maxAgeDays: null, dailyAfterDays: null },
    });
    expect((await client.patch(ME, { versionRules: { maxCount: 3 } })).json).toMatchObject({
      versionRules: rules,
      effectiveVersionRules: rules,
    });
    expect((await client.get(ME)).json.versionRules).toEqual(rules);
    expect((await client.patch(ME, { versionRules: rules })).status).toBe(200);
    expect((await client.patch(ME, { versionRules: null })).json.versionRules).toBeNull();
    const { items } = (await client.get(`${ME}/audit?action=version-rules.change`)).json;
    expect(items.at(-1)).toMatchObject({ changes: { versionRules: [null, rules] } });
  });

  test.each([
    [{ versionRules: { maxCount: 0 } }],
    [{ versionRules: { maxCount: 1_000_001 } }],
    [{ versionRules: { maxCount: 1.5 } }],
    [{ versionRules: { maxCount: "2" } }],
    [{ versionRules: { maxAgeDays: -1 } }],
    [{ versionRules: { dailyAfterDays: 36_501 } }],
    [{ versionRules: { days: 1 } }],
    [{ versionRules: [] }],
    [{ versionRules: 3 }],
    [{ versionRules: null, email: null }],
    [{ versionRules: {}, username: "somebody" }],
  ])("answers 400 to %j, and changes nothing", async (body) => {
    const client = await world().member();

    expect((await client.patch(ME, body)).status).toBe(400);

    expect((await client.get(ME)).json.versionRules).toBeNull();
  });

  test("is for people who are signed in, and changes nobody else's", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const { client: key } = await client.makeKey(["account:read", "account:write"]);
    const change = { versionRules: { maxCount: 1 } };

    expect((await key.patch(ME, change)).status).toBe(403);
    expect((await world().visitor().patch(ME, change)).status).toBe(401);
    expect((await client.patch(ME, change)).status).toBe(200);
    expect((await other.get(ME)).json.versionRules).toBeNull();
  });
});

describe("PATCH /admin/accounts/{id} with versionRules", () => {
  test("changes them, shows them, and writes it down", async () => {
    const [admin, client] = [await world().person("admin"), await world().member()];
    const { id } = (await client.get(ME)).json;
    const url = `/api/v1/admin/accounts/${id}`;
    const rules = { maxCount: null, maxAgeDays: 30, dailyAfterDays: 1 };

    const changed = await admin.patch(url, { versionRules: { maxAgeDays: 30, dailyAfterDays: 1 } });

    expect(changed.json).toMatchObject({ id, role: "member", versionRules: rules });
    expect((await admin.get(url)).json.versionRules).toEqual(rules);
    expect((await client.get(ME)).json.versionRules).toEqual(rules);
    const { items } = (await admin.get("/api/v1/admin/audit?action=account.change")).json;
    expect(items[0]).toMatchObject({ changes: { versionRules: [null, rules] } });
    expect((await admin.patch(url, { role: "viewer" })).json.versionRules).toEqual(rules);
    expect((await admin.patch(url, { versionRules: { maxCount: 0 } })).status).toBe(400);
    expect((await admin.patch(url, {})).status).toBe(400);
    expect((await client.patch(url, { versionRules: null })).status).toBe(403);
  });
});

describe("A rule", () => {
  test("removes the versions that are too many, and frees what they took", async () => {
    const { client, path } = await withVersions("1", "22", "333", "4444");

    await keep(client, { maxCount: 2 });

    expect(await contentsOf(client, path)).toEqual(["4444", "333"]);
    expect(await client.usage()).toMatchObject({ bytes: 7, files: 1 });
  });

  test("counts from the next version on, without a sweep", async () => {
    const { client, id, path } = await withVersions("1", "22");
    await keep(client, { maxCount: 2 });
    await client.store("a.txt", "333");
    const { ownerId } = (await versions().findOne({ fileId: id })) ?? {};

    await world().jobs.versionExpiry.run(
      { ownerId: ownerId ?? "", fileId: id },
      { signal: new AbortController().signal },
    );

    expect(await contentsOf(client, path)).toEqual(["333", "22"]);
  });

  test("keeps versions with a label, and the current one", async () => {
    const { client, path } = await withVersions("1", "22", "333", "4444");
    const [, , second] = await versionsOf(client, path);
    await client.patch(`${path}/versions/${second?.id}`, { label: "keep" });

    await keep(client, { maxCount: 1, maxAgeDays: 1, dailyAfterDays: 1 });

    expect(await contentsOf(client, path)).toEqual(["4444", "22"]);
  });

  test("removes what was replaced too long ago, and thins days", async () => {
    const { client, id, path } = await withVersions("1", "2", "3", "4", "5", "6");
    const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
    const daysAgo = [40, 20, 10.2, 10, 8, 0];
    const found = await versions().find({ fileId: id }).sort({ createdAt: 1 }).toArray();
    for (const [n, { _id }] of found.entries()) {
      const createdAt = new Date(noon - (daysAgo[n] ?? 0) * DAY_MS);
      await versions().updateOne({ _id }, { $set: { createdAt } });
    }

    await keep(client, { maxAgeDays: 15, dailyAfterDays: 5 });

    expect(await contentsOf(client, path)).toEqual(["6", "5", "3", "2"]);
  });

  test("is the account's own: another account keeps all, and so does one that says so", async () => {
    const [one, other] = [await withVersions("1", "2", "3"), await withVersions("1", "2", "3")];
    await keep(other.client, {});

    await keep(one.client, { maxCount: 1 });

    expect(await contentsOf(one.client, one.path)).toEqual(["3"]);
    expect(await contentsOf(other.client, other.path)).toHaveLength(3);
  });

  test("leaves what lies in the trash as it is", async () => {
    const { client, id, path } = await withVersions("1", "2", "3");
    await client.delete(path);

    await keep(client, { maxCount: 1 });
    expect(await versions().countDocuments({ fileId: id })).toBe(3);
    await client.post(`/api/v1/trash/${id}/restore`, {});
    await sweep();

    expect(await contentsOf(client, path)).toEqual(["3"]);
  });

  test("leaves an archive what it has begun with, and a copy its content", async () => {
    const { client, id, path } = await withVersions("1", "2");
    const [, first] = await versionsOf(client, path);
    const copy = await client.post(`${path}/versions/${first?.id}/restore`);
    const archive = await client.post("/api/v1/archives", { ids: [id] });
    await world().settle();
    await client.store("a.txt", "3");

    await keep(client, { maxCount: 1 });

    expect([copy.status, archive.status]).toEqual([200, 201]);
    const content = await client.get(`/api/v1/archives/${archive.json.id}`);
    expect(content.status).toBe(200);
    expect(content.bytes.includes(Buffer.from("1"))).toBe(true);
    expect(await contentsOf(client, path)).toEqual(["3"]);
  });
});

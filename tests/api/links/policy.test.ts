import { describe, expect, test } from "@jest/globals";
import type { WorldConfig } from "../../support/world.js";
import { inDays, LINKS, makeLink, share } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const DAY_MS = 86_400_000;

/** Somebody of a role, on a web process with rules. */
async function under(rules: Partial<WorldConfig>, role: "admin" | "member" = "member") {
  return world().person(role, await world().addWeb(rules));
}

const pointersOf = ({ errors }: { errors: readonly { pointer: string }[] }) =>
  errors.map(({ pointer }) => pointer);

describe("the rules of the operator", () => {
  test("are none by default", async () => {
    const client = await world().member();

    expect((await client.get("/api/v1/link-policy")).json).toEqual({
      permissions: ["view", "download", "upload", "upload+view"],
      needsPassword: false,
      maxDays: null,
      maxLinks: 1000,
    });
  });

  test("demand a password of links of some roles, also when it is removed", async () => {
    const client = await under({ linkPasswordRoles: ["member"] });
    const admin = await under({ linkPasswordRoles: ["member"] }, "admin");

    const refused = await share(client, "root");
    const { id } = await makeLink(client, "root", { password: "seven-purple-owls" });
    const removal = await client.patch(`${LINKS}/${id}`, { password: null });

    expect([refused.status, pointersOf(refused.json)]).toEqual([400, ["/password"]]);
    expect([removal.status, pointersOf(removal.json)]).toEqual([400, ["/password"]]);
    expect((await client.get(`${LINKS}/${id}`)).json).toMatchObject({ hasPassword: true });
    expect((await client.get("/api/v1/link-policy")).json).toMatchObject({ needsPassword: true });
    expect((await share(admin, "root")).status).toBe(201);
  });

  test("limit the life of links, from when they were made", async () => {
    const rules = { longestLinkMs: 7 * DAY_MS, longestLinkMsOfAdmins: 30 * DAY_MS };
    const client = await under(rules);
    const admin = await under(rules, "admin");

    for (const expiresAt of [undefined, null, inDays(8)]) {
      const { status, json } = await share(client, "root", { expiresAt });
      expect([status, pointersOf(json)]).toEqual([400, ["/expiresAt"]]);
      expect(json.detail).toContain("at most 7 days");
    }
    const { id } = await makeLink(client, "root", { expiresAt: inDays(7) });
    await world()
      .mongo.db.collection<{ _id: string }>("links")
      .updateOne({ _id: id }, { $set: { createdAt: new Date(Date.now() - 2 * DAY_MS) } });
    for (const expiresAt of [null, inDays(6)]) {
      expect((await client.patch(`${LINKS}/${id}`, { expiresAt })).status).toBe(400);
    }
    expect((await client.patch(`${LINKS}/${id}`, { expiresAt: inDays(4) })).status).toBe(200);
    expect((await client.get("/api/v1/link-policy")).json).toMatchObject({ maxDays: 7 });
    expect((await share(admin, "root", { expiresAt: inDays(29) })).status).toBe(201);
    expect((await share(admin, "root", { expiresAt: inDays(31) })).status).toBe(400);
  });

  test("limit what links let people do", async () => {
    const rules = { linkPermissions: ["view", "upload"] } as const;
    const client = await under(rules);
    const admin = await under({ ...rules, linkPermissionsOfAdmins: ["download"] }, "admin");

    const refused = await share(client, "root", { permission: "download" });
    const { id } = await makeLink(client, "root", { permission: "view" });
    const change = await client.patch(`${LINKS}/${id}`, { permission: "upload+view" });

    expect([refused.status, pointersOf(refused.json)]).toEqual([400, ["/permission"]]);
    expect([change.status, pointersOf(change.json)]).toEqual([400, ["/permission"]]);
    expect((await client.patch(`${LINKS}/${id}`, { permission: "upload" })).status).toBe(200);
    expect((await share(admin, "root", { permission: "download" })).status).toBe(201);
    expect((await share(admin, "root", { permission: "view" })).status).toBe(400);
  });

  test("leave what a link has already", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const strict = await world().addWeb({
      ...{ linkPasswordRoles: ["member"], longestLinkMs: DAY_MS, linkPermissions: ["view"] },
    });
    const headers = { Cookie: client.cookie, "Content-Type": "application/json" };

    const { status } = await fetch(`${strict}${LINKS}/${id}`, {
      method: "PATCH",
      headers,
      body: JSON.stringify({ label: "new", maxDownloads: 1 }),
    });

    expect(status).toBe(200);
  });
});

import { beforeAll, describe, expect, test } from "@jest/globals";
import { type AuditDoc, AuditRepository } from "../../../common/audit/repository.js";
import { AUDIT_ACTIONS } from "../../../common/audit/event.js";
import { newId } from "../../../common/platform/ids.js";
import type { AuditEventJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";
import { everyEvent, idOf, managed } from "./log.js";

const world = useWorld();

const ALL = "/api/v1/admin/audit";

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const keyOf = ({ action, at }: Pick<AuditEventJson, "action" | "at">) => `${action} ${at}`;

const managedMember = () => managed(world(), admin);

describe("GET /admin/audit", () => {
  test("shows who did what to whom, from where, with old and new values", async () => {
    const { id } = await managedMember();

    const { status, json } = await admin.get(
      `${ALL}?accountId=${id}&action=account.change&limit=1`,
    );

    expect(status).toBe(200);
    expect(json.items).toEqual([
      {
        id: expect.any(String),
        at: expect.any(String),
        action: "account.change",
        accountId: id,
        actor: {
          accountId: await idOf(admin),
          credentialKind: "session",
          credentialId: expect.any(String),
        },
        target: { kind: "account", id },
        outcome: "success",
        reason: null,
        client: { addressPrefix: "127.0.0.0/24", userAgent: null },
        requestId: expect.any(String),
        changes: { limitBytes: [world().config.defaultQuotaBytes, 5] },
      },
    ]);
  });

  test("lists the latest first, each once, whatever the size of a page", async () => {
    await managedMember();

    const whole = await everyEvent(admin, ALL, 1000);
    const paged = await everyEvent(admin, `${ALL}?to=${new Date().toISOString()}`, 2);

    const stored = world().mongo.db.collection<AuditDoc>("auditEvents");
    expect(whole.length).toBeGreaterThan(5);
    expect(whole).toHaveLength(await stored.countDocuments());
    expect(paged.map(keyOf)).toEqual(whole.map(keyOf));
    const times = whole.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
  });

  test("goes on where events of one moment were cut apart", async () => {
    const { id } = await managedMember();
    const stored = world().mongo.db.collection<AuditDoc>("auditEvents");
    await stored.updateMany({ accountId: id }, { $set: { at: new Date() } });

    const path = `${ALL}?accountId=${id}`;
    const paged = await everyEvent(admin, path, 1);

    expect(paged).toEqual(await everyEvent(admin, path, 1000));
    expect(paged.map(({ action }) => action)).toEqual([
      "account.change",
      "account.change",
      "account.create",
    ]);
  });

  test("filters by account, action and time: from the first instant on, before the second", async () => {
    const { id } = await managedMember();
    const [second, first] = await everyEvent(
      admin,
      `${ALL}?accountId=${id}&action=account.change`,
      9,
    );
    const [from, to] = [String(first?.at), String(second?.at)];

    const count = async (query: string) => (await everyEvent(admin, `${ALL}?${query}`, 9)).length;

    expect(await count(`accountId=${id}`)).toBe(3);
    expect(await count(`accountId=${id}&action=account.create`)).toBe(1);
    expect(await count(`accountId=${id}&action=account.change&from=${from}`)).toBe(2);
    expect(await count(`accountId=${id}&action=account.change&from=${to}`)).toBe(
      from === to ? 2 : 1,
    );
    expect(await count(`accountId=${id}&action=account.change&to=${from}`)).toBe(0);
    expect(await count(`accountId=${newId()}`)).toBe(0);
    expect(await count(`from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z`)).toBe(0);
  });

  test.each(["accountId=x", "action=file.read", "from=yesterday", "to=1", "limit=0", "cursor=x"])(
    "answers 400 to %s",
    async (query) => {
      expect((await admin.get(`${ALL}?${query}`)).status).toBe(400);
    },
  );

  test("answers 400 to a cursor of another filter", async () => {
    await managedMember();
    const { nextCursor } = (await admin.get(`${ALL}?limit=1`)).json;

    const { status, json } = await admin.get(
      `${ALL}?action=account.change&cursor=${String(nextCursor)}`,
    );

    expect([status, json.code]).toEqual([400, "invalid-cursor"]);
  });

  test("is for admins only", async () => {
    const member = await world().member();
    const viewer = await world().person("viewer");

    expect((await member.get(ALL)).json.code).toBe("insufficient-scope");
    expect((await viewer.get(ALL)).json.code).toBe("insufficient-scope");
  });

  test("names no file", async () => {
    const member = await world().member();
    const { id } = await member.store("very-private-name.txt", "x");
    await member.delete(`/api/v1/files/${id}`);

    const { json } = await admin.get(`${ALL}?action=file.delete`);

    expect(json.items).toHaveLength(1);
    expect(JSON.stringify(json)).not.toContain("very-private-name");
  });

  test("reads each page by an index, in its order, whatever is filtered", async () => {
    const { id } = await managedMember();
    const watched = watchCommands(world(), "find");
    const events = new AuditRepository(watched.db);
    const times = { from: new Date(0), to: new Date() };
    const [newest] = await events.list({}, undefined, 1);
    if (newest === undefined) throw new Error("There are no events");
    const after = { at: newest.at, id: newest._id };
    try {
      for (const who of [{}, { accountId: id }]) {
        for (const what of [{}, { action: AUDIT_ACTIONS[0] }]) {
          await events.list({ ...who, ...what }, undefined, 2);
          await events.list({ ...who, ...what, ...times }, after, 2);
        }
      }
      for (const { find, filter, sort, limit } of watched.commands) {
        const plan = await watched.db.command({
          explain: { find, filter, sort, limit },
          verbosity: "queryPlanner",
        });
        const stages = JSON.stringify(plan["queryPlanner"]);
        expect([stages, stages.includes("IXSCAN"), /"SORT"|"COLLSCAN"/.test(stages)]).toEqual([
          stages,
          true,
          false,
        ]);
      }
      expect(watched.commands).toHaveLength(9);
    } finally {
      await watched.close();
    }
  });
});

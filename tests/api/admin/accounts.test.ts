import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const ACCOUNTS = "/api/v1/admin/accounts";

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const register = (username: string) =>
  world().visitor().post("/api/v1/register", { username, password: "seven-purple-owls" });

const namesOf = (answer: Awaited<ReturnType<Client["get"]>>) =>
  answer.json.items.map((item) => (item as unknown as { username: string }).username);

describe("GET /admin/accounts", () => {
  test("lists accounts by username, with role and usage, page by page", async () => {
    for (const name of ["Zoe.3", "zoe.1", "ZOE.2", "zof"]) await register(name);

    const first = await admin.get(`${ACCOUNTS}?username=zOe&limit=2`);
    const second = await admin.get(
      `${ACCOUNTS}?username=zOe&limit=2&cursor=${String(first.json.nextCursor)}`,
    );

    expect(first.json).toMatchObject({ limit: 2 });
    expect(first.headers["link"]).toContain('rel="next"');
    expect(namesOf(first)).toEqual(["zoe.1", "ZOE.2"]);
    expect(namesOf(second)).toEqual(["Zoe.3"]);
    expect(second.json.nextCursor).toBeNull();
    expect(second.json.items[0]).toMatchObject({
      role: "member",
      isDisabled: false,
      usage: { bytes: 0, reservedBytes: 0, files: 0 },
    });
  });

  test("takes letters of a pattern as they are", async () => {
    await register("p.q");
    await register("paq");

    expect(namesOf(await admin.get(`${ACCOUNTS}?username=p.q`))).toEqual(["p.q"]);
    for (const bad of ["p*", "%00", ""]) {
      expect((await admin.get(`${ACCOUNTS}?username=${bad}`)).status).toBe(400);
    }
  });

  test("answers 400 to a cursor of another search", async () => {
    const { json } = await admin.get(`${ACCOUNTS}?limit=1`);
    const cursor = String(json.nextCursor);

    expect(await admin.get(`${ACCOUNTS}?username=a&cursor=${cursor}`)).toMatchObject({
      status: 400,
      json: { code: "invalid-cursor" },
    });
  });
});

describe("GET and PATCH /admin/accounts/{id}", () => {
  test.each(["member", "viewer"] as const)("are 403 for a %s", async (role) => {
    const person = await world().person(role);
    const { id } = (await person.get("/api/v1/me")).json;
    const answers = [
      await person.get(ACCOUNTS),
      await person.get(`${ACCOUNTS}/${id}`),
      await person.send("PATCH", `${ACCOUNTS}/${id}`, { role: "admin" }),
    ];

    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(
      answers.map(() => [403, "insufficient-scope"]),
    );
    expect((await person.get("/api/v1/me")).json.role).toBe(role);
  });

  test("are 404 for an unknown id, and 400 for what is no change", async () => {
    const { id } = await world().visitor().register();
    const bad = [{}, [], { role: "root" }, { role: null }, { limitBytes: -1 }, { limitBytes: 1.5 }];
    const more = [{ limitBytes: "1" }, { limitBytes: 2 ** 53 }, { isDisabled: 1 }, { usage: 0 }];

    expect((await admin.get(`${ACCOUNTS}/${newId()}`)).status).toBe(404);
    expect((await admin.send("PATCH", `${ACCOUNTS}/${newId()}`, { role: "viewer" })).status).toBe(
      404,
    );
    for (const change of [...bad, ...more]) {
      const { status } = await admin.send("PATCH", `${ACCOUNTS}/${id}`, change);
      expect([change, status]).toEqual([change, 400]);
    }
    expect((await admin.get(`${ACCOUNTS}/${id}`)).json).toMatchObject({ role: "member" });
  });

  test("set a limit below what is stored: files stay, new ones are refused", async () => {
    const member = await world().member();
    const { id } = (await member.get("/api/v1/me")).json;
    const file = await member.store("a.txt", "abcdef");

    const { json } = await admin.send("PATCH", `${ACCOUNTS}/${id}`, { limitBytes: 3 });

    expect(json.usage).toMatchObject({ bytes: 6, limitBytes: 3 });
    expect((await member.get(`/api/v1/files/${file.id}`)).bytes.toString()).toBe("abcdef");
    expect(await member.put("/api/v1/files?name=b.txt", "b")).toMatchObject({
      status: 507,
      json: { code: "quota-exceeded" },
    });
    expect(
      (await admin.send("PATCH", `${ACCOUNTS}/${id}`, { limitBytes: null })).json.usage,
    ).toMatchObject({ limitBytes: null });
    expect((await member.put("/api/v1/files?name=b.txt", "b")).status).toBe(201);
  });

  test("write old and new values into the audit log, and nothing when nothing changes", async () => {
    const { id } = await world().visitor().register();
    const change = { role: "viewer", limitBytes: 5 };

    await admin.send("PATCH", `${ACCOUNTS}/${id}`, change);
    await admin.send("PATCH", `${ACCOUNTS}/${id}`, change);

    const events = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ action: "account.change", accountId: id })
      .toArray();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      actor: { accountId: (await admin.get("/api/v1/me")).json.id },
      target: { kind: "account", id },
      outcome: "success",
      changes: { role: ["member", "viewer"], limitBytes: [10 * 1024 ** 3, 5] },
    });
  });
});

import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const idOf = async (client: Client) => (await client.get("/api/v1/me")).json.id;

/** What changes files, and what the request needs. */
const WRITES: readonly (readonly [string, (client: Client) => ReturnType<Client["get"]>])[] = [
  ["PUT /files", (client) => client.put("/api/v1/files?name=a.txt", "a")],
  ["POST /upload", (client) => client.upload([{ name: "a.txt", bytes: "a" }])],
  ["POST /folders", (client) => client.post("/api/v1/folders", { name: "a" })],
  [
    "POST /uploads",
    (client) =>
      client.post("/api/v1/uploads", undefined, { "Tus-Resumable": "1.0.0", "Upload-Length": "1" }),
  ],
];

describe("GET /me", () => {
  test.each(["admin", "member", "viewer"] as const)("shows that the role is %s", async (role) => {
    const client = await world().person(role);

    expect((await client.get("/api/v1/me")).json.role).toBe(role);
  });
});

describe("A viewer", () => {
  test.each(WRITES)("gets 403 insufficient-scope for %s", async (_name, write) => {
    const viewer = await world().person("viewer");

    expect(await write(viewer)).toMatchObject({
      status: 403,
      json: { code: "insufficient-scope", scope: "files:write" },
    });
  });

  test("reads its files, and gets 403 when it deletes one", async () => {
    const client = await world().member();
    const { id } = await client.store("a.txt", "abc");
    await world().services.accountAdministration.change(await idOf(client), { role: "viewer" });

    expect((await client.get("/api/v1/files")).json.items).toHaveLength(1);
    expect((await client.get(`/api/v1/files/${id}`)).bytes.toString()).toBe("abc");
    expect(await client.delete(`/api/v1/files/${id}`)).toMatchObject({
      status: 403,
      json: { code: "insufficient-scope", scope: "files:delete" },
    });
    expect((await client.get(`/api/v1/files/${id}`)).status).toBe(200);
  });
});

describe("A role", () => {
  test("that an admin changes counts at the next request, on another web process", async () => {
    const [admin, member] = [await world().person("admin"), await world().member()];
    const other = world().visitor(await world().addWeb());
    const path = `/api/v1/admin/accounts/${await idOf(member)}`;
    const ask = (write: string) => other.put(`/api/v1/files?name=${write}`, "a", auth);
    const auth = { Cookie: member.cookie };

    expect((await ask("first")).status).toBe(201);
    await admin.send("PATCH", path, { role: "viewer" });
    expect((await ask("second")).status).toBe(403);
    await admin.send("PATCH", path, { role: "member" });
    expect((await ask("third")).status).toBe(201);
  });
});

describe("An account that an admin disables", () => {
  test("loses its sessions at the next request, on another web process, until it is enabled", async () => {
    const [admin, member] = [await world().person("admin"), await world().member()];
    const other = world().visitor(await world().addWeb());
    const path = `/api/v1/admin/accounts/${await idOf(member)}`;
    const ask = () => other.get("/api/v1/me", { Cookie: member.cookie });

    expect((await ask()).status).toBe(200);
    await admin.send("PATCH", path, { isDisabled: true });
    expect((await ask()).status).toBe(401);
    await admin.send("PATCH", path, { isDisabled: false });
    expect((await ask()).status).toBe(200);
  });

  test("gets 403 account-disabled for its password, and 401 for a wrong one", async () => {
    const member = world().visitor();
    const { username, id } = await member.register();
    await world().services.accountAdministration.change(id, { isDisabled: true });
    const signIn = (password: string) =>
      world().visitor().post("/api/v1/login", { username, password });

    expect(await signIn("seven-purple-owls")).toMatchObject({
      status: 403,
      json: { code: "account-disabled" },
    });
    expect(await signIn("password124")).toMatchObject({
      status: 401,
      json: { code: "invalid-credentials" },
    });
  });
});

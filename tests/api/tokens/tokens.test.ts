import { describe, expect, test } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader } from "jose";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { MOST_TOKEN_FAMILIES } from "../../../common/credentials/tokens.js";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";
import { ageTokens, bearer, Person } from "./person.js";

const world = useWorld();

const statusWith = async (accessToken: string, path = "/api/v1/me", url = world().url) =>
  (await world().visitor(url).get(path, bearer(accessToken))).status;

const familiesOf = async (person: Person, headers = {}) =>
  (await person.browser.get("/api/v1/tokens", headers)).json.items;

describe("POST /tokens", () => {
  test("answers 200 to the right password with an access token that every web process accepts, and sets no cookie", async () => {
    const person = await Person.register(world());
    const other = await world().addWeb();

    const visitor = world().visitor();
    const { status, json, headers } = await visitor.post("/api/v1/tokens", person.credentials);

    expect(status).toBe(200);
    expect(json).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: "Bearer",
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^stwr_[\w-]{81}$/),
    });
    expect(headers["set-cookie"]).toBeUndefined();
    expect(headers["cache-control"]).toBe("no-store");
    expect(await statusWith(json.accessToken, "/api/v1/me", other)).toBe(200);
  });

  test("makes an access token as RFC 9068 has it", async () => {
    const person = await Person.register(world());
    const { accessToken } = await person.tokens({ scopes: ["files:read", "account:read"] });
    const me = (await person.browser.get("/api/v1/me")).json;
    const [family] = await familiesOf(person);

    const { iat = 0, ...claims } = decodeJwt(accessToken);

    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: "EdDSA",
      typ: "at+jwt",
      kid: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(claims).toEqual({
      iss: "stowage",
      aud: "stowage",
      sub: me.id,
      client_id: family?.id,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      exp: iat + 900,
      scope: "files:read account:read",
    });
  });

  test("answers 200 to a session without a password", async () => {
    const person = await Person.register(world());

    const { status, json } = await person.browser.post("/api/v1/tokens", { name: "laptop" });

    expect(status).toBe(200);
    expect(await statusWith(json.accessToken)).toBe(200);
    expect(await familiesOf(person)).toMatchObject([{ name: "laptop", methods: ["password"] }]);
  });

  test("answers 401 to one who is not signed in, and to a wrong password", async () => {
    const person = await Person.register(world());
    const wrong = { ...person.credentials, password: "not this one" };

    const nobody = await world().visitor().post("/api/v1/tokens", {});
    const refused = await world().visitor().post("/api/v1/tokens", wrong);

    expect([nobody.status, nobody.json.code]).toEqual([401, "unauthenticated"]);
    expect([refused.status, refused.json.code]).toEqual([401, "invalid-credentials"]);
  });

  test("answers 403 to an access token: tokens do not beget others", async () => {
    const person = await Person.register(world());
    const { accessToken } = await person.tokens();

    const refused = await world().visitor().post("/api/v1/tokens", {}, bearer(accessToken));

    expect([refused.status, refused.json.code]).toEqual([403, "credential-not-accepted"]);
  });

  test.each([
    [{ username: "somebody" }, "/password"],
    [{ password: "seven-purple-owls" }, "/username"],
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["everything"] }, "/scopes/0"],
    [{ scopes: ["files:read", "admin"] }, "/scopes/1"],
    [{ scopes: "files:read" }, "/scopes"],
    [{ name: "" }, "/name"],
    [{ name: "n".repeat(65) }, "/name"],
    [{ role: "admin" }, "/role"],
  ])("answers 400 to %j with a pointer", async (body, pointer) => {
    const client = await world().member();

    const { status, json } = await client.post("/api/v1/tokens", body);

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "body", pointer }]);
  });
});

describe("GET /tokens", () => {
  test("answers 200 with my families, the latest first, and says which one this is", async () => {
    const person = await Person.register(world());
    const { accessToken } = await person.tokens({ name: "first", scopes: ["account:read"] });
    await person.tokens();
    await (await Person.register(world())).tokens();

    const items = await familiesOf(person, bearer(accessToken));

    const about = {
      id: expect.stringMatching(/^[\w-]{22}$/),
      device: { browser: null, system: null },
      addressPrefix: "127.0.0.0/24",
      createdAt: expect.any(String),
      lastUsedAt: expect.any(String),
      expiresAt: expect.any(String),
      methods: ["password"],
    };
    expect(items).toEqual([
      { ...about, name: null, scopes: null, isCurrent: false },
      { ...about, name: "first", scopes: ["account:read"], isCurrent: true },
    ]);
  });

  test("gives one page after the other", async () => {
    const person = await Person.register(world());
    for (const name of ["a", "b", "c"]) await person.tokens({ name });

    const first = (await person.browser.get("/api/v1/tokens?limit=2")).json;
    const second = (
      await person.browser.get(`/api/v1/tokens?limit=2&cursor=${first.nextCursor ?? ""}`)
    ).json;

    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["c", "b", "a"]);
    expect(second.nextCursor).toBeNull();
  });

  test("has at most 100: the one that was unused for longest ends when another begins", async () => {
    const person = await Person.register(world());
    const [first, second] = [await person.tokens(), await person.tokens()];
    await ageTokens(world(), 120_000);
    await statusWith(first.accessToken);

    for (let count = 2; count <= MOST_TOKEN_FAMILIES; count += 1) await person.tokens();

    expect(await statusWith(first.accessToken)).toBe(200);
    expect(await statusWith(second.accessToken)).toBe(401);
    const { json } = await person.browser.get("/api/v1/tokens?limit=1000");
    expect(json.items).toHaveLength(MOST_TOKEN_FAMILIES);
  });
});

describe("DELETE /tokens/{id}", () => {
  test("answers 204, ends the family on every web process at once, and then 404", async () => {
    const person = await Person.register(world());
    const other = await world().addWeb();
    const tokens = await person.tokens();
    const [family] = await familiesOf(person);
    expect(await statusWith(tokens.accessToken, "/api/v1/me", other)).toBe(200);
    const path = `/api/v1/tokens/${family?.id ?? ""}`;

    expect((await person.browser.delete(path)).status).toBe(204);

    expect(await statusWith(tokens.accessToken, "/api/v1/me", other)).toBe(401);
    const { refreshToken } = tokens;
    const refused = await world().visitor(other).post("/api/v1/tokens/refresh", { refreshToken });
    expect([refused.status, refused.json.code]).toEqual([401, "invalid-token"]);
    expect((await person.browser.delete(path)).status).toBe(404);
  });

  test("answers 404 to somebody else's, to nothing, and to a session", async () => {
    const [person, other] = [await Person.register(world()), await Person.register(world())];
    await other.tokens();
    const [family] = await familiesOf(other);
    const [session] = (await person.browser.get("/api/v1/sessions")).json.items;

    const answers = await Promise.all(
      [family?.id, session?.id, newId(), "x"].map((id) =>
        person.browser.delete(`/api/v1/tokens/${id ?? ""}`),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  test("stands in the audit log, as the begin does", async () => {
    const person = await Person.register(world());
    await person.tokens();
    const [family] = await familiesOf(person);
    await person.browser.delete(`/api/v1/tokens/${family?.id ?? ""}`);

    const events = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ "target.id": family?.id ?? "" })
      .sort({ at: 1 })
      .toArray();

    expect(events).toMatchObject([
      { action: "token.create", outcome: "success", target: { kind: "token" } },
      { action: "token.end", outcome: "success", target: { kind: "token" } },
    ]);
  });
});

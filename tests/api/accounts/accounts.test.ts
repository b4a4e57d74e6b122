import { describe, expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import { NO_EMAIL } from "../../support/mail-world.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ defaultQuotaBytes: 5_000_000_000, passwordHashWaitMs: 0 });

const visitor = () => world().visitor();

const account = (username: string) => ({
  id: expect.stringMatching(/^[\w-]{22}$/),
  username,
  role: "member",
  ...{ ...NO_EMAIL, versionRules: null },
  createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  usage: { bytes: 0, reservedBytes: 0, files: 0, limitBytes: 5_000_000_000 },
});

describe("POST /register", () => {
  test("answers 201 with the account and signs in", async () => {
    const john = somebody();
    const client = visitor();

    const response = await client.post("/api/v1/register", john);

    expect(response.status).toBe(201);
    expect(response.json).toEqual(account(john.username));
    const me = await client.get("/api/v1/me");
    expect(me.status).toBe(200);
    expect(me.json).toMatchObject(response.json);
  });

  test("answers 409 for a username that somebody has, ignoring case", async () => {
    const john = somebody();
    await visitor().post("/api/v1/register", john);

    const username = john.username.toUpperCase();
    const response = await visitor().post("/api/v1/register", { ...john, username });

    expect(response.status).toBe(409);
    expect(response.json).toMatchObject({ code: "username-taken" });
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("answers 201 to one and 409 to all others who want a username at once", async () => {
    const john = somebody();

    const responses = await Promise.all(
      Array.from({ length: 8 }, () => visitor().post("/api/v1/register", john)),
    );

    const statuses = responses.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  test.each([
    ["role", "admin"],
    ["quota", 1e15],
    ["limits", { bytes: null }],
    ["emailVerified", true],
    ["_id", "x"],
    ["passwordHash", "x"],
  ])("answers 400 when a %s comes along, and makes no account", async (field, value) => {
    const john = somebody();

    const response = await visitor().post("/api/v1/register", { ...john, [field]: value });

    expect(response.status).toBe(400);
    expect(response.json).toMatchObject({
      code: "invalid-request",
      errors: [{ in: "body", pointer: `/${field}` }],
    });
    expect((await visitor().post("/api/v1/login", john)).status).toBe(401);
  });

  test("answers 400 with a pointer for each field that is wrong", async () => {
    const response = await visitor().post("/api/v1/register", {
      username: "a b",
      password: "short",
    });

    expect(response.status).toBe(400);
    expect(response.json).toMatchObject({
      errors: [{ pointer: "/username" }, { pointer: "/password" }],
    });
  });

  test("answers 413 for a password of one MiB", async () => {
    const response = await visitor().post("/api/v1/register", {
      ...somebody(),
      password: "x".repeat(1024 ** 2),
    });

    expect(response.status).toBe(413);
  });

  test("answers 415 for a form", async () => {
    const form = Buffer.from("username=john&password=seven-purple-owls");
    const response = await visitor().post("/api/v1/register", form, {
      "Content-Type": "application/x-www-form-urlencoded",
    });

    expect(response.status).toBe(415);
  });
});

describe("POST /login", () => {
  test("answers 200 with the account, whatever the username's case", async () => {
    const john = somebody();
    await visitor().post("/api/v1/register", john);
    const client = visitor();

    const username = john.username.toUpperCase();
    const response = await client.post("/api/v1/login", { ...john, username });

    expect(response.status).toBe(200);
    expect(response.json).toEqual(account(john.username));
    expect((await client.get("/api/v1/me")).json).toMatchObject(response.json);
  });

  test("answers 401 to a wrong password and to an unknown username in the same words", async () => {
    const john = somebody();
    await visitor().post("/api/v1/register", john);

    const wrong = await visitor().post("/api/v1/login", { ...john, password: "password124" });
    const unknown = await visitor().post("/api/v1/login", somebody());

    expect(wrong.status).toBe(401);
    expect(wrong.headers["www-authenticate"]).toBe(
      'Bearer realm="stowage", Cookie realm="stowage", cookie-name="stowage_session"',
    );
    expect(wrong.json).toMatchObject({ code: "invalid-credentials" });
    expect(Object.keys(unknown.headers as object)).toEqual(Object.keys(wrong.headers));
    const anonymous = { requestId: expect.any(String) };
    expect({ ...unknown.json, ...anonymous }).toEqual({ ...wrong.json, ...anonymous });
    expect(wrong.headers["set-cookie"]).toBeUndefined();
  });

  test("answers 503 to one sign-in too many, although nobody has the username", async () => {
    const narrow = await world().addWeb({
      maxConcurrentPasswordHashes: 1,
      passwordHashMemoryKib: 19_456,
      passwordHashIterations: 10,
    });

    const responses = await Promise.all(
      Array.from({ length: 4 }, () => world().visitor(narrow).post("/api/v1/login", somebody())),
    );

    expect(responses.map(({ status }) => status).filter((status) => status === 503)).not.toEqual(
      [],
    );
    const busy = responses.find(({ status }) => status === 503);
    expect(busy?.json).toMatchObject({ code: "busy", retryAfterSeconds: 1 });
  });

  test("gives a new session and ends the one that the browser had", async () => {
    const [john, jane] = [somebody(), somebody()];
    await visitor().post("/api/v1/register", jane);
    const browser = visitor();
    await browser.post("/api/v1/register", john);
    const planted = browser.cookie;

    await browser.post("/api/v1/login", jane);

    expect(browser.cookie).not.toBe(planted);
    expect((await browser.get("/api/v1/me")).json).toMatchObject({ username: jane.username });
    expect((await visitor().get("/api/v1/me", { Cookie: planted })).status).toBe(401);
  });

  test("leaves the session alone when the password is wrong", async () => {
    const john = somebody();
    const client = visitor();
    await client.post("/api/v1/register", john);

    await client.post("/api/v1/login", { ...john, password: "password124" });

    expect((await client.get("/api/v1/me")).status).toBe(200);
  });

  test.each([
    ["operators", { username: { $gt: "" }, password: { $ne: 1 } }],
    ["an operator that runs code", { $where: "sleep(5000)", ...somebody() }],
    ["nested operators", { $and: [{ username: { $gt: "" } }], ...somebody() }],
  ])("answers 400 to %s", async (_, body) => {
    const response = await visitor().post("/api/v1/login", body);

    expect(response.status).toBe(400);
    expect(response.json).toMatchObject({ code: "invalid-request" });
  });
});

describe("POST /logout", () => {
  test("answers 204 and ends the session on every web process", async () => {
    const elsewhere = world().visitor(await world().addWeb());
    const client = await world().member();
    const { cookie } = client;
    expect((await elsewhere.get("/api/v1/me", { Cookie: cookie })).status).toBe(200);

    const response = await client.post("/api/v1/logout");

    expect(response.status).toBe(204);
    expect((await elsewhere.get("/api/v1/me", { Cookie: cookie })).status).toBe(401);
  });

  test("answers 204 without a session, and twice", async () => {
    const client = visitor();
    expect((await client.post("/api/v1/logout")).status).toBe(204);

    await client.post("/api/v1/register", somebody());
    expect((await client.post("/api/v1/logout")).status).toBe(204);
    expect((await client.post("/api/v1/logout")).status).toBe(204);
  });
});

describe("GET /me", () => {
  test("answers 401 without a session", async () => {
    const response = await visitor().get("/api/v1/me");

    expect(response.status).toBe(401);
    expect(response.json).toMatchObject({ code: "unauthenticated" });
  });

  test("answers 401 to a session id in the query string", async () => {
    const { cookie } = await world().member();

    const response = await visitor().get(`/api/v1/me?${cookie.replaceAll("; ", "&")}`);

    expect(response.status).toBe(401);
  });

  test("answers 401 once the account's sessions were ended, and 200 after signing in again", async () => {
    const john = somebody();
    const client = visitor();
    const { id } = (await client.post("/api/v1/register", john)).json;

    await world().services.accounts.endSessions(id);

    expect((await client.get("/api/v1/me")).status).toBe(401);
    await client.post("/api/v1/login", john);
    expect((await client.get("/api/v1/me")).status).toBe(200);
  });

  test("answers 400 to a parameter that it does not know", async () => {
    const client = visitor();
    await client.post("/api/v1/register", somebody());

    expect((await client.get("/api/v1/me?id[$ne]=1")).status).toBe(400);
  });
});

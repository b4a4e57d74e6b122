import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { browser, cookiesOf, somebody, type Web, World } from "./world.js";

let world: World;
let web: Web;

beforeAll(async () => {
  world = await World.create();
  web = world.web();
});

afterAll(async () => {
  await world.close();
});

const account = (username: string) => ({
  id: expect.stringMatching(/^[\w-]{22}$/),
  username,
  createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  usage: { bytes: 0, reservedBytes: 0, files: 0, limitBytes: 5_000_000_000 },
});

describe("POST /register", () => {
  test("answers 201 with the account and signs in", async () => {
    const john = somebody();
    const client = browser(web);

    const response = await client.post("/register", john);

    expect(response.status).toBe(201);
    expect(response.body).toEqual(account(john.username));
    const me = await client.get("/me");
    expect(me.status).toBe(200);
    expect(me.body).toEqual(response.body);
  });

  test("answers 409 for a username that somebody has, ignoring case", async () => {
    const john = somebody();
    await browser(web).post("/register", john);

    const username = john.username.toUpperCase();
    const response = await browser(web).post("/register", { ...john, username });

    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({ code: "username-taken" });
    expect(cookiesOf(response)).toBe("");
  });

  test("answers 201 to one and 409 to all others who want a username at once", async () => {
    const john = somebody();

    const responses = await Promise.all(
      Array.from({ length: 8 }, () => browser(world.web()).post("/register", john)),
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

    const response = await browser(web).post("/register", { ...john, [field]: value });

    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({
      code: "invalid-request",
      errors: [{ in: "body", pointer: `/${field}` }],
    });
    expect((await browser(web).post("/login", john)).status).toBe(401);
  });

  test("answers 400 with a pointer for each field that is wrong", async () => {
    const response = await browser(web).post("/register", { username: "a b", password: "short" });

    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({
      errors: [{ pointer: "/username" }, { pointer: "/password" }],
    });
  });

  test("answers 413 for a password of one MiB", async () => {
    const response = await browser(web).post("/register", {
      ...somebody(),
      password: "x".repeat(1024 ** 2),
    });

    expect(response.status).toBe(413);
  });

  test("answers 415 for a form", async () => {
    const response = await request(web)
      .post("/api/v1/register")
      .type("form")
      .send("username=john&password=password123");

    expect(response.status).toBe(415);
  });
});

describe("POST /login", () => {
  test("answers 200 with the account, whatever the username's case", async () => {
    const john = somebody();
    await browser(web).post("/register", john);
    const client = browser(web);

    const username = john.username.toUpperCase();
    const response = await client.post("/login", { ...john, username });

    expect(response.status).toBe(200);
    expect(response.body).toEqual(account(john.username));
    expect((await client.get("/me")).body).toEqual(response.body);
  });

  test("answers 401 to a wrong password and to an unknown username in the same words", async () => {
    const john = somebody();
    await browser(web).post("/register", john);

    const wrong = await browser(web).post("/login", { ...john, password: "password124" });
    const unknown = await browser(web).post("/login", somebody());

    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ code: "invalid-credentials" });
    expect(Object.keys(unknown.headers as object)).toEqual(Object.keys(wrong.headers));
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text]);
    expect(cookiesOf(wrong)).toBe("");
  });

  test("answers 503 to one sign-in too many, although nobody has the username", async () => {
    const narrow = world.web({
      passwords: { maxConcurrent: 1, memoryKib: 19_456, iterations: 10 },
    });

    const responses = await Promise.all(
      Array.from({ length: 4 }, () => browser(narrow).post("/login", somebody())),
    );

    expect(responses.map(({ status }) => status).filter((status) => status === 503)).not.toEqual(
      [],
    );
    const busy = responses.find(({ status }) => status === 503);
    expect(busy?.body).toMatchObject({ code: "busy", retryAfterSeconds: 1 });
  });

  test("gives a new session and ends the one that the browser had", async () => {
    const [john, jane] = [somebody(), somebody()];
    await browser(web).post("/register", jane);
    const planted = cookiesOf(await browser(web).post("/register", john));

    const response = await request(web).post("/api/v1/login").set("Cookie", planted).send(jane);

    const own = cookiesOf(response);
    expect(own).not.toBe(planted);
    const me = await request(web).get("/api/v1/me").set("Cookie", own);
    expect(me.body).toMatchObject({ username: jane.username });
    expect((await request(web).get("/api/v1/me").set("Cookie", planted)).status).toBe(401);
  });

  test("leaves the session alone when the password is wrong", async () => {
    const john = somebody();
    const client = browser(web);
    await client.post("/register", john);

    await client.post("/login", { ...john, password: "password124" });

    expect((await client.get("/me")).status).toBe(200);
  });

  test.each([
    ["operators", { username: { $gt: "" }, password: { $ne: 1 } }],
    ["an operator that runs code", { $where: "sleep(5000)", ...somebody() }],
    ["nested operators", { $and: [{ username: { $gt: "" } }], ...somebody() }],
  ])("answers 400 to %s", async (_, body) => {
    const response = await browser(web).post("/login", body);

    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code: "invalid-request" });
  });
});

describe("POST /logout", () => {
  test("answers 204 and ends the session on every web process", async () => {
    const cookie = cookiesOf(await browser(web).post("/register", somebody()));

    const response = await request(web).post("/api/v1/logout").set("Cookie", cookie);

    expect(response.status).toBe(204);
    expect((await request(world.web()).get("/api/v1/me").set("Cookie", cookie)).status).toBe(401);
  });

  test("answers 204 without a session, and twice", async () => {
    const client = browser(web);
    expect((await client.post("/logout")).status).toBe(204);

    await client.post("/register", somebody());
    expect((await client.post("/logout")).status).toBe(204);
    expect((await client.post("/logout")).status).toBe(204);
  });
});

describe("GET /me", () => {
  test("answers 401 without a session", async () => {
    const response = await browser(web).get("/me");

    expect(response.status).toBe(401);
    expect(response.body).toMatchObject({ code: "unauthenticated" });
  });

  test("answers 401 to a session id in the query string", async () => {
    const cookie = cookiesOf(await browser(web).post("/register", somebody()));

    const response = await browser(web).get(`/me?${cookie.replaceAll("; ", "&")}`);

    expect(response.status).toBe(401);
  });

  test("answers 401 once the account's sessions were ended, and 200 after signing in again", async () => {
    const john = somebody();
    const client = browser(web);
    const { id } = (await client.post("/register", john)).body as { id: string };

    await world.accounts().endSessions(id);

    expect((await client.get("/me")).status).toBe(401);
    await client.post("/login", john);
    expect((await client.get("/me")).status).toBe(200);
  });

  test("answers 400 to a parameter that it does not know", async () => {
    const client = browser(web);
    await client.post("/register", somebody());

    expect((await client.get("/me?id[$ne]=1")).status).toBe(400);
  });
});

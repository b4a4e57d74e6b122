import { describe, expect, test } from "@jest/globals";
import { cookiesOf, get, HOUR_MS, setCookies, useSessionWorld } from "./world.js";

const world = useSessionWorld();

describe("signing in", () => {
  test("is known to every web process", async () => {
    const cookie = await world().signIn();

    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: world().claim });
  });

  test("gives a new id to a browser that had one, and ends the old session", async () => {
    const web = world().web();
    const planted = await world().signIn();

    const own = await world().signIn(planted);

    expect(own).not.toBe(planted);
    expect((await get(web, "/", own)).body).toEqual({ claim: world().claim });
    expect((await get(web, "/", planted)).body).toEqual({ claim: null });
  });

  test("stores who signed in, when, from where and with which program, and no secret", async () => {
    const response = await get(world().web(), "/login", "")
      .set("User-Agent", "Firefox/140")
      .set("X-Forwarded-For", "2001:db8:1:2:3:4:5:6");

    const [stored] = await world().stored();

    expect(stored).toMatchObject({
      accountId: world().claim.accountId,
      kind: "session",
      createdAt: new Date(world().claim.signedInAt),
      client: { addressPrefix: "2001:db8:1::/48", userAgent: "Firefox/140" },
    });
    const [, secret = ""] = /stowage_session=([^;]+)/.exec(cookiesOf(response)) ?? [];
    expect(JSON.stringify(stored)).not.toContain(secret);
  });
});

describe("signing out", () => {
  test("ends the session on every web process and clears the cookie", async () => {
    const cookie = await world().signIn();

    const response = await get(world().web(), "/logout", cookie);

    expect(cookiesOf(response)).toMatch(/^stowage_session=; stowage_session\.sig=[\w-]+$/);
    expect(setCookies(response)[0]).toContain("expires=Thu, 01 Jan 1970");
    expect(response.headers["clear-site-data"]).toBe('"cache"');
    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: null });
    expect(await world().stored()).toEqual([]);
  });

  test("leaves the account's other sessions alone", async () => {
    const [cookie, other] = [await world().signIn(), await world().signIn()];

    await get(world().web(), "/logout", cookie);

    expect((await get(world().web(), "/", other)).body).toEqual({ claim: world().claim });
  });
});

describe("renewing", () => {
  test("a session in the first half of its time is left as it is", async () => {
    const cookie = await world().signIn();

    expect(setCookies(await get(world().web(), "/", cookie))).toEqual([]);
  });

  test("a session in the second half gets its whole time again, as configured now", async () => {
    const cookie = await world().signIn();

    const response = await get(world().web({ maxAgeMs: 4 * HOUR_MS }), "/", cookie);

    expect(cookiesOf(response)).toBe(cookie);
    const [stored] = await world().stored();
    expect(stored?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 3 * HOUR_MS);
  });

  test("the database's clock says when a session is over, whatever the clock of the process says", async () => {
    const cookie = await world().signIn();

    const [before, after] = [
      world().web({ clockMs: HOUR_MS / 4 }),
      world().web({ clockMs: HOUR_MS }),
    ];

    expect((await get(before, "/", cookie)).body).toEqual({ claim: world().claim });
    expect((await get(after, "/", cookie)).body).toEqual({ claim: null });
  });

  test("a slow request does not bring back a session that was ended meanwhile on another process", async () => {
    const cookie = await world().signIn();
    const signOutMeanwhile = async () => {
      await get(world().web(), "/logout", cookie);
    };

    const slow = world().web({ maxAgeMs: 4 * HOUR_MS, onWait: signOutMeanwhile });
    const response = await get(slow, "/wait", cookie);

    expect(response.body).toEqual({ claim: world().claim });
    expect(setCookies(response)).toEqual([]);
    expect(await world().stored()).toEqual([]);
    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: null });
  });
});

describe("when MongoDB is away", () => {
  test("an answer stands although the session could not be renewed", async () => {
    const cookie = await world().signIn();
    const own = world().connect();
    const onWait = () => own.close();

    const web = world().web({ mongo: own, maxAgeMs: 4 * HOUR_MS, onWait });
    const response = await get(web, "/wait", cookie);

    expect(response.status).toBe(200);
    expect(setCookies(response)).toEqual([]);
    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: world().claim });
  });

  test("a request with a cookie is answered 503 and keeps its cookie", async () => {
    const cookie = await world().signIn();
    const away = world().connect("mongodb://127.0.0.1:1/");

    const response = await get(world().web({ mongo: away }), "/", cookie);

    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: "unavailable" });
    expect(setCookies(response)).toEqual([]);
    await away.close();
  });

  test("a request without a cookie does not notice", async () => {
    const away = world().connect("mongodb://127.0.0.1:1/");

    const response = await get(world().web({ mongo: away }), "/", "");

    expect(response.status).toBe(200);
    await away.close();
  });

  test("signing in is answered 503 without a cookie", async () => {
    const away = world().connect("mongodb://127.0.0.1:1/");

    const response = await get(world().web({ mongo: away }), "/login", "");

    expect(response.status).toBe(503);
    expect(cookiesOf(response)).not.toMatch(/stowage_session=\w/);
    await away.close();
  });
});

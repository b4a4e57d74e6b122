import { describe, expect, test } from "@jest/globals";
import { closeRedis } from "../../../common/platform/redis.js";
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

  test("keeps nothing in Redis but who, since when and until when", async () => {
    await world().signIn();

    const [key = ""] = await world().keys();

    expect(JSON.parse((await world().redis.get(key)) ?? "")).toEqual({
      accountId: world().claim.accountId,
      signedInAt: Date.parse(world().claim.signedInAt),
      expiresAt: expect.any(Number),
    });
  });
});

describe("signing out", () => {
  test("ends the session on every web process and clears the cookie", async () => {
    const cookie = await world().signIn();

    const response = await get(world().web(), "/logout", cookie);

    expect(cookiesOf(response)).toMatch(/^stowage_session=; stowage_session\.sig=[\w-]+$/);
    expect(setCookies(response)[0]).toContain("expires=Thu, 01 Jan 1970");
    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: null });
    expect(await world().keys()).toEqual([]);
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
    const [key = ""] = await world().keys();
    expect(await world().redis.pttl(key)).toBeGreaterThan(3 * HOUR_MS);
  });

  test("a session that is over counts for nothing even while Redis still has it", async () => {
    const cookie = await world().signIn();
    const [key = ""] = await world().keys();
    await world().redis.set(
      key,
      JSON.stringify({ ...world().claim, signedInAt: 1, expiresAt: Date.now() - 1 }),
    );

    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: null });
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
    expect(await world().keys()).toEqual([]);
    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: null });
  });
});

describe("when Redis is away", () => {
  test("an answer stands although the session could not be renewed", async () => {
    const cookie = await world().signIn();
    const own = world().connect();
    const onWait = () => {
      own.disconnect();
    };

    const web = world().web({ redis: own, maxAgeMs: 4 * HOUR_MS, onWait });
    const response = await get(web, "/wait", cookie);

    expect(response.status).toBe(200);
    expect(setCookies(response)).toEqual([]);
    expect((await get(world().web(), "/", cookie)).body).toEqual({ claim: world().claim });
  });

  test("a request with a cookie is answered 503 and keeps its cookie", async () => {
    const cookie = await world().signIn();
    const away = world().connect("redis://127.0.0.1:1");

    const response = await get(world().web({ redis: away }), "/", cookie);

    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({ code: "unavailable" });
    expect(setCookies(response)).toEqual([]);
    await closeRedis(away);
  });

  test("a request without a cookie does not notice", async () => {
    const away = world().connect("redis://127.0.0.1:1");

    const response = await get(world().web({ redis: away }), "/", "");

    expect(response.status).toBe(200);
    await closeRedis(away);
  });

  test("signing in is answered 503 without a cookie", async () => {
    const away = world().connect("redis://127.0.0.1:1");

    const response = await get(world().web({ redis: away }), "/login", "");

    expect(response.status).toBe(503);
    expect(cookiesOf(response)).not.toMatch(/stowage_session=\w/);
    await closeRedis(away);
  });
});

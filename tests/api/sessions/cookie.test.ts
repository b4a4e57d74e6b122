import { describe, expect, test } from "@jest/globals";
import { cookiesOf, get, setCookies, useSessionWorld } from "./world.js";

const world = useSessionWorld();

describe("the cookie", () => {
  test("is HttpOnly, SameSite=Lax, for every path, and not Secure without TLS", async () => {
    const response = await get(world().web(), "/login", "");

    expect(setCookies(response)).toHaveLength(2);
    for (const cookie of setCookies(response)) {
      expect(cookie).toMatch(/; path=\/; expires=[^;]+; samesite=lax; httponly$/);
    }
  });

  test("is Secure when the request came over TLS", async () => {
    const response = await get(world().web(), "/login", "").set("X-Forwarded-Proto", "https");

    expect(setCookies(response)).toHaveLength(2);
    for (const cookie of setCookies(response)) expect(cookie).toMatch(/; secure; httponly$/);
  });

  test.each([
    ["https", 2],
    ["http", 0],
  ])("is Secure by PUBLIC_URL, whatever the request came over: %s", async (scheme, count) => {
    const publicUrl = new URL(`${scheme}://files.example.com`);
    const web = world().web({ trustProxyHops: 0, publicUrl });

    const response = await get(web, "/login", "");

    const secure = setCookies(response).filter((cookie) => cookie.endsWith("; secure; httponly"));
    expect(setCookies(response)).toHaveLength(2);
    expect(secure).toHaveLength(count);
  });

  test("is for this very host where PUBLIC_URL has https, and works", async () => {
    const web = world().web({ publicUrl: new URL("https://files.example.com") });

    const response = await get(web, "/login", "");

    const names = setCookies(response).map((cookie) => cookie.split("=")[0]);
    expect(names).toEqual(["__Host-stowage_session", "__Host-stowage_session.sig"]);
    for (const cookie of setCookies(response)) {
      expect(cookie).toMatch(/; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/);
    }
    const next = await get(web, "/", cookiesOf(response));
    expect(next.body).toEqual({ claim: world().claim });
    const plain = cookiesOf(response).replaceAll("__Host-", "");
    expect((await get(web, "/", plain)).body).toEqual({ claim: null });
  });

  test("holds 256 random bits and nothing else", async () => {
    const [first, second] = [await world().signIn(), await world().signIn()];

    expect(first).toMatch(/^stowage_session=[\w-]{43}; stowage_session\.sig=[\w-]+$/);
    expect(second.slice(0, 40)).not.toBe(first.slice(0, 40));
  });

  test("is not set by a request that does not sign in", async () => {
    const response = await get(world().web(), "/", "");

    expect(response.body).toEqual({ claim: null });
    expect(setCookies(response)).toEqual([]);
  });

  test.each([
    ["without its signature", (cookie: string) => cookie.split(";")[0] ?? ""],
    ["with another signature", (cookie: string) => cookie.replace(/sig=../, "sig=xx")],
    ["with another id", (cookie: string) => cookie.replace(/session=../, "session=xx")],
  ])("counts for nothing %s", async (_, change) => {
    const web = world().web();
    const cookie = await world().signIn();

    const response = await get(web, "/", change(cookie));

    expect(response.body).toEqual({ claim: null });
  });

  test("is verified with every secret, and signed anew as a whole with the first", async () => {
    const cookie = await world().signIn();
    const rotated = world().web({
      secrets: ["a-newer-secret-0123456789-0123456789", world().secret],
    });

    const response = await get(rotated, "/", cookie);

    expect(response.body).toEqual({ claim: world().claim });
    const [name, signature] = setCookies(response);
    expect(setCookies(response)).toHaveLength(2);
    expect(name).toContain(cookie.split(";")[0]);
    expect(signature).toMatch(/; path=\/; expires=[^;]+; samesite=lax; httponly$/);
    const next = await get(rotated, "/", cookiesOf(response));
    expect(next.body).toEqual({ claim: world().claim });
    expect(setCookies(next)).toEqual([]);
  });

  test("counts for nothing once its secret is gone", async () => {
    const cookie = await world().signIn();

    const response = await get(world().web({ secrets: ["x".repeat(40)] }), "/", cookie);

    expect(response.body).toEqual({ claim: null });
  });
});

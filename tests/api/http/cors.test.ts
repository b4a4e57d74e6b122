import { describe, expect, test } from "@jest/globals";
import { somebody } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { listRoutes } from "../../support/routes.js";

const APP = "https://app.example.com";

const world = useWorld({ corsOrigins: new Set([APP, "http://localhost:5173"]) });

/** What `Origin` says where no page of the application is: it is only like it, or any page can make itself be it. */
const OTHERS = [
  "https://app.example.com.evil",
  "https://evil-app.example.com",
  "https://evil.example",
  "http://app.example.com",
  "https://app.example.com:8443",
  "https://APP.example.com",
  "null",
  "*",
];

const send = (path: string, init: RequestInit) => fetch(world().url + path, init);

const preflight = (path: string, origin: string, method: string) =>
  send(path, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": "authorization,tus-resumable,upload-length",
    },
  });

/** The header fields of CORS that an answer has. */
const corsFields = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith("access-control-"));

describe("A preflight of an allowed origin", () => {
  test("is answered for every route and method", async () => {
    const routes = listRoutes(world());
    const refused: string[] = [];
    for (const { method, path } of routes) {
      const answer = await preflight(path.replace(/:\w+/g, "x"), APP, method);
      const methods = answer.headers.get("access-control-allow-methods")?.split(",") ?? [];
      const isAllowed =
        answer.status === 204 &&
        answer.headers.get("access-control-allow-origin") === APP &&
        methods.includes(method);
      if (!isAllowed) refused.push(`${method} ${path}`);
    }

    expect(routes.length).toBeGreaterThan(40);
    expect(refused).toEqual([]);
  });

  test("allows the fields that the page wants to send, for two hours, and no cookies", async () => {
    const { headers } = await preflight("/api/v1/uploads", APP, "POST");

    expect(headers.get("access-control-allow-headers")).toBe(
      "authorization,tus-resumable,upload-length",
    );
    expect(headers.get("access-control-max-age")).toBe("7200");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("vary")).toBe("Origin");
  });
});

describe("An answer to a page of an allowed origin", () => {
  test("may be read, with what tus, downloads and limits need", async () => {
    const answer = await send("/api/v1/uploads", { method: "OPTIONS", headers: { Origin: APP } });
    const exposed = answer.headers.get("access-control-expose-headers")?.toLowerCase().split(",");

    expect(answer.status).toBe(204);
    expect(answer.headers.get("tus-version")).toBe("1.0.0");
    expect(answer.headers.get("access-control-allow-origin")).toBe(APP);
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(exposed).toEqual(
      expect.arrayContaining(
        "location etag upload-offset upload-length tus-resumable repr-digest content-range link ratelimit retry-after".split(
          " ",
        ),
      ),
    );
  });

  test("may be read where it is an error", async () => {
    const wrong = { Origin: APP, Authorization: "Bearer wrong" };
    const answers = [
      await send("/api/v1/me", { headers: wrong }),
      await send("/api/v1/nothing", { headers: wrong }),
      await send("/api/v1/folders", { method: "POST", headers: wrong, body: "{" }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 404, 401]);
    for (const { headers } of answers) {
      expect(headers.get("access-control-allow-origin")).toBe(APP);
      expect(headers.get("vary")).toContain("Origin");
    }
  });
});

describe("Cookies", () => {
  test("do not count for a page of an allowed origin, and are not set", async () => {
    const client = await world().member();
    const cookie = { Cookie: client.cookie, Origin: APP };

    const me = await send("/api/v1/me", { headers: cookie });
    const stored = await send("/api/v1/files?name=a", {
      method: "PUT",
      headers: cookie,
      body: "x",
    });
    const out = await send("/api/v1/logout", { method: "POST", headers: cookie });
    const signUp = await send("/api/v1/register", {
      method: "POST",
      headers: { ...cookie, "Content-Type": "application/json" },
      body: JSON.stringify(somebody()),
    });

    expect([me.status, stored.status, out.status, signUp.status]).toEqual([401, 401, 204, 201]);
    expect([...out.headers.keys(), ...signUp.headers.keys()]).not.toContain("set-cookie");
    expect((await client.get("/api/v1/me")).status).toBe(200);
  });

  test("count for pages of this site, as ever", async () => {
    const client = await world().member();
    const own = { Origin: world().url };

    expect((await client.get("/api/v1/me", own)).status).toBe(200);
    expect((await client.put("/api/v1/files?name=a", "x", own)).status).toBe(201);
  });
});

describe.each(OTHERS)("A page of %s", (Origin) => {
  test("learns nothing, and changes nothing", async () => {
    const client = await world().member();
    const headers = { Origin, Cookie: client.cookie };

    const before = await preflight("/api/v1/folders", Origin, "POST");
    const read = await send("/api/v1/me", { headers });
    const stored = await send("/api/v1/files?name=a", { method: "PUT", headers, body: "x" });

    expect(before.status).toBe(405);
    expect([before, read, stored].flatMap(corsFields)).toEqual([]);
    expect(read.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(stored.status).toBe(403);
  });
});

describe("CORS_ORIGINS=*", () => {
  test("allows every origin but null, without cookies", async () => {
    const url = await world().addWeb({ corsOrigins: "*" });
    const client = await world().member(url);
    const me = (Origin: string) =>
      fetch(`${url}/api/v1/me`, { headers: { Origin, Cookie: client.cookie } });

    const [anywhere, own, none] = [
      await me("https://any.example"),
      await me(url),
      await me("null"),
    ];

    expect([anywhere.status, own.status, none.status]).toEqual([401, 200, 200]);
    expect(anywhere.headers.get("access-control-allow-origin")).toBe("*");
    expect(corsFields(none)).toEqual([]);
  });
});

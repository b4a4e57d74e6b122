import { describe, expect, test } from "@jest/globals";
import { BusyError, NotFoundError } from "../../../common/platform/errors.js";
import { useApps } from "./test-app.js";

const serveApp = useApps();

const FOREIGN = { origin: "https://evil.example" };

describe("A request that no route takes", () => {
  test.each([
    ["GET", "/nothing", 404, "not-found", null],
    ["POST", "/", 404, "not-found", null],
    ["PROPFIND", "/nothing", 404, "not-found", null],
    ["DELETE", "/files/1", 405, "method-not-allowed", "GET, HEAD, PUT"],
    ["PATCH", "/files/1", 405, "method-not-allowed", "GET, HEAD, PUT"],
    ["PROPFIND", "/files/1", 405, "method-not-allowed", "GET, HEAD, PUT"],
    ["OPTIONS", "/files/1", 405, "method-not-allowed", "GET, HEAD, PUT"],
  ])("%s %s is answered %i %s", async (...row) => {
    const [method, path, status, code, allow] = row;
    const { url } = await serveApp((router) =>
      router
        .get("/files/:id", (ctx) => (ctx.body = "file"))
        .put("/files/:id", (ctx) => (ctx.body = "file")),
    );

    const answer = await fetch(url + path, { method });

    expect(answer.status).toBe(status);
    expect(answer.headers.get("allow")).toBe(allow);
    expect(await answer.json()).toMatchObject({ code, status });
  });

  test("TRACE is answered 405, and its header is not sent back", async () => {
    const { open } = await serveApp((router) => router.get("/", (ctx) => (ctx.body = "home")));
    const client = await open();

    client.send("TRACE / HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nConnection: close\r\n\r\n");
    const answer = await client.closed();

    expect(answer.status).toBe(405);
    expect(answer.text).not.toContain("secret");
  });
});

describe("An error", () => {
  test("on purpose is answered as its problem, under the request's id", async () => {
    const { url } = await serveApp((router) =>
      router.get("/", () => {
        throw new BusyError("Too much at once");
      }),
    );

    const answer = await fetch(url);
    const body = (await answer.json()) as Record<string, unknown>;

    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("x-request-id")).toBe(body["requestId"]);
    expect(body).toMatchObject({ code: "busy", detail: "Too much at once" });
  });

  test("to HEAD has the header of the problem and no body", async () => {
    const { open } = await serveApp((router) =>
      router.get("/", () => {
        throw new NotFoundError();
      }),
    );
    const client = await open();

    client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const answer = await client.closed();

    expect(answer.status).toBe(404);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(Number(answer.headers["content-length"])).toBeGreaterThan(50);
    expect(answer.body).toBe("");
  });

  test("that nobody expected tells the client nothing, and the log its stack", async () => {
    const { url, lines, text } = await serveApp((router) =>
      router.get("/", () => {
        throw Object.assign(new Error("dsn"), {
          body: "seven-purple-owls",
          cause: new Error("inner"),
        });
      }),
    );

    const answer = await fetch(url);
    const body = await answer.text();

    expect(answer.status).toBe(500);
    expect(body).toContain('"code":"internal-error"');
    expect(body).not.toMatch(/dsn|inner|middleware/);
    expect(lines).toContainEqual(
      expect.objectContaining({
        requestId: answer.headers.get("x-request-id"),
        error: expect.objectContaining({
          message: "dsn",
          stack: expect.stringContaining("middleware.test"),
          cause: expect.objectContaining({ message: "inner" }),
        }),
      }),
    );
    expect(text()).not.toContain("seven-purple-owls");
  });

  test("after the first byte cuts the answer", async () => {
    const { open } = await serveApp((router) =>
      router.get("/", (ctx) => {
        ctx.respond = false;
        ctx.res.write("half");
        throw new Error("broken");
      }),
    );
    const client = await open();

    const answer = await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").closed();

    expect(answer.text).not.toContain("\r\n0\r\n");
    expect(answer.text).not.toContain("problem");
  });
});

describe("Every answer", () => {
  test.each(["/", "/nothing"])(
    "of %s says that it is private data, and not by what",
    async (path) => {
      const { url } = await serveApp((router) => router.get("/", (ctx) => (ctx.body = {})));

      const { headers } = await fetch(url + path);

      expect(Object.fromEntries(headers)).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
      expect(headers.get("server")).toBeNull();
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  test("has a request id of its own, whatever the request says", async () => {
    const { url } = await serveApp((router) => router.get("/", (ctx) => (ctx.body = {})));

    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { headers } = await fetch(url, { headers: { "x-request-id": "mine" } });
        return headers.get("x-request-id");
      }),
    );

    expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe("The client that a handler sees", () => {
  const headers = {
    "x-forwarded-for": "6.6.6.6, 203.0.113.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "files.example",
  };

  test.each([
    [0, { ip: "127.0.0.1", protocol: "http", secure: false }],
    [1, { ip: "203.0.113.7", protocol: "https", secure: true, host: "files.example" }],
  ])("behind %i proxies is as they say, and no more", async (trustProxyHops, expected) => {
    const { url } = await serveApp(
      (router) =>
        router.get("/", (ctx) => {
          const { ip, protocol, secure, host } = ctx;
          ctx.body = { ip, protocol, secure, host };
        }),
      { trustProxyHops },
    );

    const answer = await fetch(url, { headers });

    expect(await answer.json()).toMatchObject(expected);
  });
});

describe("A request of another site's page", () => {
  test.each(["POST", "PUT", "DELETE", "PATCH"])(
    "with %s is 403 cross-site-request",
    async (method) => {
      const { url } = await serveApp((router) => router.all("/", (ctx) => (ctx.body = "done")));

      const answer = await fetch(url, { method, headers: FOREIGN });

      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: "cross-site-request" });
    },
  );

  test("that changes nothing is answered, without a word that lets the page read it", async () => {
    const { url } = await serveApp((router) => router.get("/", (ctx) => (ctx.body = "home")));

    const answer = await fetch(url, { headers: FOREIGN });

    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("is refused by the browser's word, and not by the Origin where PUBLIC_URL is that", async () => {
    const { url } = await serveApp((router) => router.post("/", (ctx) => (ctx.body = "done")), {
      publicUrl: new URL(FOREIGN.origin),
    });
    const post = (site: Record<string, string>) =>
      fetch(url, { method: "POST", headers: { ...FOREIGN, ...site } });

    expect((await post({})).status).toBe(200);
    expect((await post({ "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
    const refused = await post({ "Sec-Fetch-Site": "same-site" });
    expect(await refused.json()).toMatchObject({
      code: "cross-site-request",
      detail: expect.stringContaining("Sec-Fetch-Site is same-site"),
    });
  });

  test.each(["own", "none"])("is not one with its own origin, or none: %s", async (which) => {
    const { url } = await serveApp((router) => router.post("/", (ctx) => (ctx.body = "done")));
    const headers: Record<string, string> = which === "own" ? { origin: url } : {};

    expect((await fetch(url, { method: "POST", headers })).status).toBe(200);
  });
});

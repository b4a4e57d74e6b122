import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

describe("The surface", () => {
  test.each([
    "/metrics",
    "/health",
    "/debug",
    "/.env",
    "/.git/config",
    "/package.json",
    "/api-docs",
    "/admin",
    "/queues",
    "/api",
    "/api/v1",
    "/api/v2/files",
    "/docs/../package.json",
    "/docs/%2e%2e/%2e%2e/package.json",
    "/docs/..%2f..%2fpackage.json",
    "/docs/assets/x/docs.css",
    "/assets/../../main.js",
    "//docs",
    "/API/v1/files/",
    "/api/v1/files/x/y/z",
    "/%00",
    "/%ff",
  ])("has nothing at %s", async (path) => {
    const raw = await world().raw();

    raw.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);

    const { status } = await raw.ended();
    expect([400, 401, 404]).toContain(status);
  });

  test.each(["/api/v1/files", "/api/v1/files/x", "/healthz", "/docs", "/openapi.json", "/x"])(
    "says at %s nothing about what it is made of",
    async (path) => {
      const { "x-request-id": requestId, ...headers } = (await world().visitor().get(path)).headers;

      expect(requestId).toMatch(/^[\w-]{22}$/);
      for (const name of ["server", "x-powered-by", "via", "x-aspnet-version", "x-runtime"]) {
        expect(headers[name]).toBeUndefined();
      }
      expect(JSON.stringify(headers)).not.toMatch(/koa|node|express|mongo/i);
    },
  );

  test.each(["PUT", "POST", "TRACE", "PROPFIND", "MKCOL", "LOCK", "SEARCH", "PURGE"])(
    "answers %s on a file with 405 and what is allowed",
    async (method) => {
      const client = await world().member();
      const { links } = await client.store("a", "x");
      const raw = await world().raw();

      raw.send(
        `${method} ${links.content} HTTP/1.1\r\nHost: a\r\nCookie: ${client.cookie}\r\n` +
          "Content-Length: 0\r\nConnection: close\r\n\r\n",
      );
      const { status, headers } = await raw.ended();

      expect(status).toBe(405);
      expect(headers["allow"]).toBe("DELETE, GET, HEAD, PATCH");
      expect((await client.get(links.content)).status).toBe(200);
    },
  );

  test.each([
    ["an unknown method", "BREW /api/v1/files HTTP/1.1"],
    ["a method of 10 KB", `${"X".repeat(10_240)} / HTTP/1.1`],
    ["CONNECT", "CONNECT evil.example:443 HTTP/1.1"],
    ["a path without a slash", "GET api HTTP/1.1"],
  ])("answers %s with 400", async (_, line) => {
    const raw = await world().raw();

    raw.send(`${line}\r\nHost: a\r\n\r\n`);

    expect((await raw.ended()).status).toBe(400);
  });
});

import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { listRoutes, type Route } from "../../support/routes.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ metricsToken: randomBytes(32).toString("hex") }, { isDamaged: true });

/** Everything that anybody may ask for; all other routes need an account. */
const PUBLIC =
  /^(?:GET|HEAD) \/(?:healthz|readyz|openapi\.json|docs|assets\/.*)?$|^POST \/api(?:\/v1)?\/(?:register|login|logout)$|^OPTIONS \/api(?:\/v1)?\/uploads(?:\/:id)?$/;

const nameOf = ({ method, path }: Route) => `${method} ${path}`;

const urlOf = (path: string) =>
  world().url + path.replace(/:\w+/g, newId()).replace(/\{\/?\*?\w+\}/g, "x");

function ask({ method, path }: Route, headers: Record<string, string> = {}) {
  const query = method === "PUT" ? "?name=a" : "";
  const needsBody = /\/(?:register|login)$/.test(path);
  const json = needsBody && { "Content-Type": "application/json" };
  const body = needsBody ? JSON.stringify({ username: "somebody", password: "password123" }) : null;
  return fetch(urlOf(path) + query, { method, headers: { ...json, ...headers }, body });
}

const guarded = () => listRoutes(world()).filter((route) => !PUBLIC.test(nameOf(route)));

describe("Every route", () => {
  test("is public because this test says so, or needs an account", async () => {
    const routes = guarded();

    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const response = await ask(route);
      expect([nameOf(route), response.status]).toEqual([nameOf(route), 401]);
      if (route.method !== "HEAD") {
        expect(await response.json()).toMatchObject({ code: "unauthenticated", status: 401 });
      }
    }
  });

  test("is found under its exact path only", async () => {
    const routes = listRoutes(world()).filter(({ path }) => path.startsWith("/api/"));

    for (const { method, path } of routes) {
      const variants = [
        path.replace("/api", "/API"),
        `${path}/`,
        `/${path}`,
        path.replace("/a", "/%61"),
      ];
      for (const variant of variants) {
        const raw = await world().raw();
        const target = new URL(urlOf(variant)).pathname;
        raw.send(`${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
        expect([method, variant, (await raw.ended()).status]).toEqual([method, variant, 404]);
      }
    }
  });

  test("needs it as a cookie: not in the query, nor as a bearer, nor with a wrong signature", async () => {
    const { cookie } = await world().member();
    const forged = cookie.replace(/sig=.{4}/, "sig=AAAA");

    for (const route of guarded()) {
      const inQuery = { ...route, path: `${route.path}?${cookie.replace("; ", "&")}` };
      const answers = await Promise.all([
        fetch(urlOf(inQuery.path), { method: route.method }),
        ask(route, { Authorization: `Bearer ${cookie}` }),
        ask(route, { Cookie: forged }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    }
  });

  test("answers 500 with nothing but a request id when something breaks inside", async () => {
    const { cookie } = await world().member();
    await breakSessions();
    const before = world().logs.lines.length;

    // OPTIONS reads no session.
    const routes = listRoutes(world()).filter(({ method }) => method !== "OPTIONS");
    for (const route of routes.filter(({ path }) => path.startsWith("/api/"))) {
      const response = await ask(route, { Cookie: cookie });
      const text = await response.text();
      expect([nameOf(route), response.status]).toEqual([nameOf(route), 500]);
      if (route.method !== "HEAD") {
        expect(JSON.parse(text)).toEqual({
          type: "/problems/internal-error",
          title: "Internal error",
          status: 500,
          code: "internal-error",
          detail: expect.any(String),
          requestId: response.headers.get("x-request-id"),
        });
      }
      expect(text).not.toMatch(/mongo|\.js|node_modules|redis|broken| at /i);
      const told = world().logs.lines.slice(before);
      expect(told.map(({ requestId }) => requestId)).toContain(
        response.headers.get("x-request-id"),
      );
    }
  });
});

/** Makes every session something that no code of ours could have written. */
async function breakSessions(): Promise<void> {
  const { redis, config } = world();
  for (const key of await redis.keys(`${config.redisPrefix}:session:*`)) {
    await redis.set(key, "{broken");
  }
}

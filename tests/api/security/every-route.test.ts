import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { somebody } from "../../support/client.js";
import { listRoutes, type Route } from "../../support/routes.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ metricsToken: randomBytes(32).toString("hex") }, { isDamaged: true });

/** Everything that anybody may ask for; all other routes need an account. */
const PUBLIC =
  /^(?:GET|HEAD) \/(?:healthz|readyz|openapi\.json|\.well-known\/jwks\.json|docs|drive(?:\{\/\*path\})?|problems(?:\/:code)?|assets\/.*|u\/:token\/:name|(?:setup|password-reset|email-verification)\/:token)?$|^PUT \/u\/:token\/:name$|^POST \/(?:setup|password-reset|email-verification)\/:token$|^POST \/api(?:\/v1)?\/(?:register|login(?:\/passkey(?:\/options)?|\/oidc\/second-factor)?|logout|me\/restore|tokens|tokens\/refresh|password-resets?|email-verification)$|^(?:GET|HEAD) \/api(?:\/v1)?\/login\/oidc(?:\/callback|\/second-factor)?$|^POST \/api(?:\/v1)?\/me\/restore\/oidc$|^OPTIONS \/api(?:\/v1)?\/uploads(?:\/:id)?$|^(?:GET|HEAD|POST) \/s\/:token(?:\/[a-z]+(?:\/\{\*path\})?)?$|^[A-Z]+ \/s\/:token\/(?:upload|files|uploads(?:\/:id)?)$/;

/** Of no scheme that makes a browser open a dialog (RFC 7616, 7617). */
const SIGN_IN = 'Bearer realm="stowage", Cookie realm="stowage", cookie-name="stowage_session"';

const nameOf = ({ method, path }: Route) => `${method} ${path}`;

const urlOf = (path: string) =>
  world().url +
  path
    .replace(/:\w+/g, newId())
    .replace(/\{\/\*\w+\}/g, "/x")
    .replace(/\{\/?\*?\w+\}/g, "x");

function ask({ method, path }: Route, headers: Record<string, string> = {}) {
  const query = method === "PUT" ? "?name=a" : "";
  const needsBody = /\/(?:register|login|restore)$/.test(path) && !path.includes("/admin/");
  const json = needsBody && { "Content-Type": "application/json" };
  const body = needsBody
    ? JSON.stringify({ username: "somebody", password: "seven-purple-owls" })
    : null;
  return fetch(urlOf(path) + query, { method, headers: { ...json, ...headers }, body });
}

const guarded = () => listRoutes(world()).filter((route) => !PUBLIC.test(nameOf(route)));

describe("Every route of the API", () => {
  test("refuses a parameter that it does not know", async () => {
    const client = await world().person("admin");
    const headers = { Cookie: client.cookie, "Tus-Resumable": "1.0.0" };
    const routes = listRoutes(world()).filter(
      ({ method, path, by }) =>
        path.startsWith("/api/") && method !== "OPTIONS" && by?.includes("session") !== false,
    );

    for (const route of routes) {
      const query = route.method === "PUT" ? "?name=a&" : "?";
      const json = route.schema.body !== undefined;
      const answer = await fetch(`${urlOf(route.path)}${query}unknown=1`, {
        method: route.method,
        headers: { ...headers, ...(json && { "Content-Type": "application/json" }) },
        body: json ? "{}" : null,
      });

      expect([nameOf(route), answer.status]).toEqual([nameOf(route), 400]);
    }
    expect(routes.length).toBeGreaterThan(20);
  });
});

describe("Every route", () => {
  test("is public because this test says so, or needs an account", async () => {
    const routes = guarded();

    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const response = await ask(route);
      expect([nameOf(route), response.status]).toEqual([nameOf(route), 401]);
      expect(response.headers.get("www-authenticate")).toBe(
        route.access === "operator" ? 'Bearer realm="metrics"' : SIGN_IN,
      );
      if (route.method !== "HEAD") {
        expect(await response.json()).toMatchObject({ code: "unauthenticated", status: 401 });
      }
    }
  });

  test("is found under its exact path only", async () => {
    const routes = listRoutes(world()).filter(({ path }) => path.startsWith("/api/"));

    for (const { method, path } of routes) {
      // A path of names may end with a slash.
      const withSlash = path.endsWith("{*path}") ? [] : [`${path}/`];
      const variants = [
        path.replace("/api", "/API"),
        ...withSlash,
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

    // OPTIONS, registration, sign-in and refreshing read no session; asking for tokens without a password does, and needs a body.
    const routes = listRoutes(world()).filter(
      (route) =>
        !/^OPTIONS |\/login\/oidc|^POST .*\/(?:register|login|login\/passkey.*|me\/restore(?:\/oidc)?|tokens|tokens\/refresh|(?:v1|api)\/(?:password-resets?|email-verification))$/.test(
          nameOf(route),
        ),
    );
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

describe("Registration and sign-in", () => {
  test("succeed in a browser whose session cannot be read, and replace it", async () => {
    const [old, person] = [await world().member(), somebody()];

    for (const path of ["/api/v1/register", "/api/v1/login"]) {
      await breakSessions();
      expect((await old.post(path, person)).status).toBe(path.endsWith("login") ? 200 : 201);
      expect((await old.get("/api/v1/me")).json.username).toBe(person.username);
    }
  });
});

/** Makes every session something that no code of ours could have written. */
async function breakSessions(): Promise<void> {
  const broken = { $set: { secretHash: 0, accountId: { of: "nobody" }, createdAt: "then" } };
  await world().mongo.db.collection("credentials").updateMany({}, broken);
}

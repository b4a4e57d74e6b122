import { describe, expect, test } from "@jest/globals";
import { html, pagePolicy } from "../../../api/pages/html.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

const get = (path: string, accept: string, init: RequestInit = {}) =>
  fetch(world().url + path, { redirect: "manual", headers: { accept }, ...init });

describe("GET /", () => {
  test("sends a browser on to the page for people (303)", async () => {
    const answer = await get("/", BROWSER);

    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/drive");
    expect(answer.headers.get("vary")).toBe("Accept");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("gives a program links (200), all but the API's prefix with something behind them", async () => {
    const answer = await world().visitor().get("/");
    const { api, ...links } = answer.json.links as Record<string, string>;

    expect(answer.status).toBe(200);
    expect(answer.headers["vary"]).toBe("Accept");
    expect((await world().visitor().get(`${api}/files`)).status).toBe(401);
    for (const link of Object.values(links)) {
      expect([link, (await get(link, "*/*")).status]).toEqual([link, 200]);
    }
  });

  test("is the only method at / (405)", async () => {
    const answer = await get("/", "*/*", { method: "POST" });

    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("GET, HEAD");
  });
});

describe("What is not found", () => {
  test.each(["/nothing", "/docs/x", "/assets/0/x.css", "/drive/assets/x.js"])(
    "is a page to a browser, and a problem to a program, at %s (404)",
    async (path) => {
      const [page, problem] = await Promise.all([get(path, BROWSER), get(path, "*/*")]);
      const text = await page.text();

      expect([page.status, problem.status]).toEqual([404, 404]);
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(page.headers.get("content-security-policy")).toBe(pagePolicy());
      expect(text).toContain("<h1>Not found</h1>");
      expect(text).toContain(page.headers.get("x-request-id"));
      expect(problem.headers.get("content-type")).toBe("application/problem+json");
      for (const answer of [page, problem]) {
        expect(answer.headers.get("vary")).toBe("Accept");
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    },
  );

  test.each(["/api/v1/nothing", "/api", "/metrics", "/healthz/x"])(
    "is a problem at %s, whoever asks",
    async (path) => {
      const answer = await get(path, BROWSER);

      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  test("loads nothing but what is there", async () => {
    const text = await (await get("/nothing", BROWSER)).text();
    const paths = [...text.matchAll(/(?:href|src)="(\/assets[^"]+)"/g)].map(
      ([, path = ""]) => path,
    );

    expect(paths).toHaveLength(2);
    for (const path of paths) expect((await get(path, "*/*")).status).toBe(200);
  });
});

describe("A template of HTML", () => {
  test("escapes what is put into it, but not other templates", () => {
    const name = `<img src=x onerror='alert("1")'> & co`;
    const rows = [html`<li>${name}</li>`, html`<li>${2}</li>`];
    const list = html`<ul title="${name}">
      ${rows}
    </ul>`;

    const escaped = "&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt; &amp; co";
    expect(list.text.replace(/>\s+</g, "><")).toBe(
      `<ul title="${escaped}"><li>${escaped}</li><li>2</li></ul>`,
    );
  });
});

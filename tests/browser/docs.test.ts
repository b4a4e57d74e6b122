import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { loadPageAssets } from "../../api/pages/load-assets.js";
import { docsRoutes } from "../../api/docs/routes.js";
import { everyRequest } from "../../api/http/every-request.js";
import { createRouter } from "../../api/http/route.js";
import { errorPage } from "../../api/pages/error-page.js";
import { pageRoutes } from "../../api/pages/routes.js";
import { createLogger } from "../../common/platform/log.js";
import { testDoor } from "../api/http/test-door.js";
import { DocsPage, openBrowser } from "./docs-page.js";
import { needs } from "../support/needs.js";

const withBrowser = needs("browser");

let server: Server;
let origin: string;
let browser: Browser | undefined;
let open: DocsPage[] = [];

beforeAll(async () => {
  const log = createLogger({ level: "silent", part: "test" });
  const app = new Koa();
  const assets = loadPageAssets();
  const door = { ...testDoor, errors: errorPage(assets.plain) };
  for (const middleware of everyRequest({ log, trustProxyHops: 0, doorOf: () => door })) {
    app.use(middleware);
  }
  const router = createRouter(
    [docsRoutes({ assets: assets.docs }), pageRoutes({ assets })].map((routes) => ({
      prefixes: [""],
      routes,
    })),
  );
  const handle = app.use(router.routes()).callback();
  server = createServer((req, res) => void handle(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await Promise.all(open.map((docs) => docs.close()));
  open = [];
});

afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

async function openDocs(options?: BrowserContextOptions): Promise<DocsPage> {
  browser ??= await openBrowser();
  const docs = await DocsPage.open(browser, origin, options);
  open.push(docs);
  return docs;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a path as it is: `fetch` would resolve its dots. */
async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = request(origin, { path, headers }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks = (await answer.toArray()) as Buffer[];
  const text = Buffer.concat(chunks).toString();
  return { status: answer.statusCode, headers: answer.headers, text };
}

describe("GET /docs", () => {
  withBrowser.test(
    "draws every operation without another host, a violation of its policy or an error",
    async () => {
      const docs = await openDocs();

      expect(await docs.page.title()).toBe("Stowage");
      const sections = docs.page.locator(".opblock-tag-section");
      expect(await sections.count()).toBeGreaterThan(12);
      for (const section of await sections.all()) {
        await section.locator(".opblock-tag").click();
        expect(await section.locator(".opblock").count()).toBeGreaterThan(0);
        await section.locator(".opblock-tag").click();
      }
      expect(docs.faults).toEqual([]);
    },
  );

  test("allows no inline script and no inline style", async () => {
    const { headers } = await get("/docs");
    const policy = String(headers["content-security-policy"]);

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toMatch(/unsafe|sha256/);
  });

  test.each(["/docsfoo", "/docs/", "/docs/x", "/x/docs", "/DOCS", "/docs//"])(
    "is not at %s (404)",
    async (path) => {
      const { status } = await get(path);

      expect(status).toBe(404);
    },
  );

  withBrowser.test(
    "fits screens of 320, 390 and 768 pixels without scrolling sideways",
    async () => {
      const docs = await openDocs({ viewport: { width: 320, height: 800 } });
      await docs.operation("Uploads", "upload").tryItOut();

      for (const width of [320, 390, 768]) {
        await docs.page.setViewportSize({ width, height: 800 });
        const content = await docs.page.evaluate<number>("document.documentElement.scrollWidth");
        expect(content).toBeLessThanOrEqual(width);
      }
      expect(docs.faults).toEqual([]);
    },
  );

  withBrowser.test("is dark for those who like it dark, and switches", async () => {
    const docs = await openDocs({ colorScheme: "dark" });
    const background = () =>
      docs.page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
    const dark = await background();

    await docs.page.getByRole("button", { name: "Switch to light mode" }).click();

    expect(await background()).not.toBe(dark);
  });

  withBrowser.test("opens an operation with the keyboard alone", async () => {
    const docs = await openDocs();
    const operation = docs.operation("Accounts", "register");

    await docs.page.locator("#operations-tag-Accounts button").first().focus();
    await docs.page.keyboard.press("Enter");
    await operation.block.locator(".opblock-summary-control").focus();
    await docs.page.keyboard.press("Enter");
    await operation.block.locator(".try-out__btn").focus();
    await docs.page.keyboard.press("Enter");

    await operation.block.locator("button.execute").waitFor();
    expect(docs.faults).toEqual([]);
  });
});

describe("An error page", () => {
  withBrowser.test.each([
    { width: 320, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ] as const)("shows what is wrong at $width pixels, $colorScheme", async (look) => {
    const { width, colorScheme } = look;
    browser ??= await openBrowser();
    const context = await browser.newContext({ viewport: { width, height: 700 }, colorScheme });
    const page = await context.newPage();

    const answer = await page.goto(`${origin}/no-such-page`);

    expect(answer?.status()).toBe(404);
    expect(await page.getByRole("heading").innerText()).toBe("Not found");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    const background = "getComputedStyle(document.documentElement).backgroundColor";
    const color = colorScheme === "dark" ? "rgb(17, 24, 26)" : "rgb(246, 248, 248)";
    expect(await page.evaluate(background)).toBe(color);
    await context.close();
  });
});

describe("GET /assets", () => {
  test("are cached for good under their digest, with a type that is not guessed", async () => {
    const { text: page } = await get("/docs");
    const path = /\/assets\/[0-9a-f]+\/docs\.css/.exec(page)?.[0] ?? "";

    const { status, headers } = await get(path);

    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/css; charset=utf-8");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("of another version are served, and not kept", async () => {
    const { status, headers } = await get("/assets/0123456789abcdef/favicon.svg");

    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
  });

  test.each([
    "swagger-ui.js",
    "index.html",
    "package.json",
    "..%2f..%2fpackage.json",
    "../../../package.json",
    "%2e%2e/%2e%2e/package.json",
    "__proto__",
    "",
  ])("do not include %j (404)", async (name) => {
    const { status } = await get(`/assets/0/${name}`);

    expect(status).toBe(404);
  });
});

describe("GET /openapi.json", () => {
  test("is the document, with servers relative to it", async () => {
    const { status, headers, text } = await get("/openapi.json");
    const { openapi, servers } = JSON.parse(text) as { openapi: string; servers: object[] };

    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(openapi).toMatch(/^3\.1\./);
    expect(servers).toEqual([
      expect.objectContaining({ url: "/api/v1" }),
      expect.objectContaining({ url: "/api" }),
    ]);
  });

  test("is not sent again to those who have it (304)", async () => {
    const { headers } = await get("/openapi.json");

    const { status, text } = await get("/openapi.json", { "If-None-Match": String(headers.etag) });

    expect(status).toBe(304);
    expect(text).toBe("");
  });
});

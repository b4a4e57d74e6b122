import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { somebody } from "../support/client.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";
import { type OtherSite, startOtherSite } from "./other-site.js";

const { describe, test } = needs("browser");

const TUS_IN_BROWSERS = createRequire(import.meta.url).resolve("tus-js-client/dist/tus.min.js");

const world = useWorld();

let browser: Browser;
let site: OtherSite;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  site = await startOtherSite();
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(site.origin);
});

afterEach(() => context.close());

/** Gives the browser the cookie of somebody who is signed in. */
async function signIn(url = world().url) {
  const client = await world().member(url);
  const cookies = client.cookie.split("; ").map((cookie) => {
    const [name = "", value = ""] = cookie.split("=");
    return { name, value, url };
  });
  await context.addCookies(cookies);
  return client;
}

describe("A page of another origin", () => {
  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])(
    "cannot send a form of type %s with the cookie",
    async (type) => {
      const client = await signIn();
      const action = `${world().url}/api/v1/logout`;
      const answered = page.waitForResponse(action);

      await page.setContent(
        `<form method="POST" action="${action}" enctype="${type}"><button>Win</button></form>`,
      );
      await page.click("button");
      const answer = await answered;

      expect(await answer.request().headerValue("Cookie")).toContain("stowage_session=");
      expect(answer.status()).toBe(403);
      expect((await client.get("/api/v1/me")).status).toBe(200);
    },
  );

  test("cannot fetch with the cookie: nothing is changed, and nothing can be read", async () => {
    const client = await signIn();
    const { id } = (await client.get("/api/v1/me")).json;
    const before = world().logs.lines.length;
    const to = `${world().url}/api/v1`;

    const seen = await page.evaluate(async (api) => {
      const outcomeOf = (path: string, init: RequestInit) =>
        fetch(api + path, { credentials: "include", ...init }).then(
          (answer) => answer.type,
          () => "failed",
        );
      return [
        await outcomeOf("/logout", { method: "POST", mode: "no-cors" }),
        await outcomeOf("/me", {}),
        await outcomeOf("/files?name=a", { method: "PUT", body: "x" }),
      ];
    }, to);
    const logged = (fields: object) => {
      expect(world().logs.lines.slice(before)).toContainEqual(expect.objectContaining(fields));
    };

    // The browser sends the cookie, and keeps the answers from the page.
    logged({ route: "/api/v1/me", status: 200, actorId: id });
    logged({ method: "POST", status: 403, problemCode: "cross-site-request" });
    expect(seen).toEqual(["failed", "failed", "failed"]);
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  });
});

/** What the page is given to send. */
interface Sending {
  readonly api: string;
  readonly size: number;
  readonly credentials: { readonly username: string; readonly password: string };
}

/** Runs in the page: takes a token, sends a file with tus-js-client, and reads it. */
async function sendFile({ api, size, credentials }: Sending) {
  const signedIn = await fetch(`${api}/tokens`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(credentials),
  });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const headers = { Authorization: `Bearer ${accessToken}` };
  const bytes = new Uint8Array(size).map((_byte, n) => (n * 31) ^ (n >> 8));
  const { tus } = globalThis as unknown as { tus: typeof import("tus-js-client") };
  await new Promise<void>((resolve, reject) => {
    new tus.Upload(new Blob([bytes]), {
      endpoint: `${api}/uploads`,
      headers,
      metadata: { filename: "from elsewhere" },
      chunkSize: 300_000,
      retryDelays: null,
      onSuccess: () => {
        resolve();
      },
      onError: reject,
    }).start();
  });
  const list = await fetch(`${api}/files`, { headers });
  const { items } = (await list.json()) as { items: { id: string; sizeBytes: number }[] };
  const part = await fetch(`${api}/files/${items[0]?.id}`, {
    headers: { ...headers, Range: "bytes=100-199" },
  });
  const read = new Uint8Array(await part.arrayBuffer());
  return {
    sizes: items.map(({ sizeBytes }) => sizeBytes),
    isRead: read.every((byte, n) => byte === bytes[100 + n]) && read.length === 100,
    contentRange: part.headers.get("Content-Range"),
    rateLimit: part.headers.get("RateLimit"),
    withCookie: await fetch(`${api}/me`, { credentials: "include" }).then(
      () => "read",
      () => "failed",
    ),
  };
}

describe("A page of an allowed origin", () => {
  test("signs in, sends a file with tus-js-client and reads a part of it, with a token and without a cookie", async () => {
    const url = await world().addWeb({ corsOrigins: new Set([site.origin]) });
    const credentials = somebody();
    await world().visitor(url).post("/api/v1/register", credentials);
    await signIn(url);

    await page.addScriptTag({ path: TUS_IN_BROWSERS });

    const seen = await page
      .evaluate(sendFile, { api: `${url}/api/v1`, size: 1_000_000, credentials })
      .catch(String);

    expect(seen).toMatchObject({
      sizes: [1_000_000],
      isRead: true,
      contentRange: "bytes 100-199/1000000",
      withCookie: "failed",
      rateLimit: expect.stringMatching(/^"everything-/),
    });
  });
});

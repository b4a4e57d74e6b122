import { createRequire } from "node:module";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { somebody } from "../support/client.js";
import { World } from "../support/world.js";
import { openBrowser } from "./docs-page.js";
import { needs } from "../support/needs.js";

const { test } = needs("browser");

const TUS_IN_BROWSERS = createRequire(import.meta.url).resolve("tus-js-client/dist/tus.min.js");
const SIZE = 12 * 1024 ** 2;

let world: World;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  world = await World.start();
  browser = await openBrowser();
  // A page of somebody's application, served by the same host; ours allow no scripts but their own.
  context = await browser.newContext({ bypassCSP: true });
  page = await context.newPage();
  await page.goto(`${world.url}/healthz`);
  await page.addScriptTag({ path: TUS_IN_BROWSERS });
});

afterAll(async () => {
  await browser.close();
  await world.close();
});

/** Runs in the page: registers, and sends a file with tus-js-client. @returns The SHA-256 of what was sent. */
async function sendFile({ size, name, parts, credentials }: Sending): Promise<string> {
  await fetch("/api/v1/register", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(credentials),
  });
  const bytes = new Uint8Array(size).map((_byte, n) => (n * 31) ^ (n >> 8));
  const { tus } = globalThis as unknown as { tus: typeof import("tus-js-client") };
  await new Promise<void>((resolve, reject) => {
    new tus.Upload(new Blob([bytes]), {
      endpoint: "/api/v1/uploads",
      parallelUploads: parts,
      metadata: { filename: name },
      retryDelays: Array.from({ length: 100 }, () => 100),
      onShouldRetry: () => true,
      ...(parts === 1 && { chunkSize: 1_000_000 }),
      onSuccess: () => {
        resolve();
      },
      onError: reject,
    }).start();
  });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Sending {
  readonly size: number;
  readonly name: string;
  readonly parts: number;
  readonly credentials: { readonly username: string; readonly password: string };
}

/** Takes the network away from the page, once, when its second piece is on its way. @returns Whether it is back. */
function breakOnce(): Promise<void> {
  let pieces = 0;
  return new Promise((resolve, reject) => {
    page.on("request", (request) => {
      if (request.method() === "PATCH") pieces += 1;
      if (pieces < 2) return;
      page.removeAllListeners("request");
      context
        .setOffline(true)
        .then(() => page.waitForEvent("requestfailed"))
        .then(() => context.setOffline(false))
        .then(resolve, reject);
    });
  });
}

const filesOf = () => page.evaluate(async () => (await fetch("/api/v1/files")).json());

test("a page sends a file with tus-js-client, and goes on when the network comes back", async () => {
  const back = breakOnce();

  const sent = await page.evaluate(sendFile, {
    size: SIZE,
    name: "broken",
    parts: 1,
    credentials: somebody(),
  });

  await back;
  expect(await filesOf()).toMatchObject({
    items: [{ name: "broken", sizeBytes: SIZE, sha256: sent }],
  });
});

test("a page sends a file in three parts at once", async () => {
  const sent = await page.evaluate(sendFile, {
    size: SIZE,
    name: "parts",
    parts: 3,
    credentials: somebody(),
  });

  expect(await filesOf()).toMatchObject({
    items: [{ name: "parts", sizeBytes: SIZE, sha256: sent }],
  });
});

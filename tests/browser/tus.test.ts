import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Browser, type BrowserContext, type Page } from "playwright-core";
import { somebody } from "../support/client.js";
import { World } from "../support/world.js";
import { openBrowser } from "./docs-page.js";

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

test.each([1, 3])(
  "a page sends a file with tus-js-client in %i at a time, and goes on when the network comes back",
  async (parts) => {
    const name = `from a page ${parts}`;
    const credentials = somebody();
    let pieces = 0;
    page.on("request", (request) => {
      if (request.method() === "PATCH") pieces += 1;
      if (pieces !== 2) return;
      void context
        .setOffline(true)
        .then(() => new Promise((resolve) => setTimeout(resolve, 300)))
        .then(() => context.setOffline(false));
    });

    const sent = await page.evaluate(sendFile, { size: SIZE, name, parts, credentials });

    const list = await page.evaluate(async () => (await fetch("/api/v1/files")).json());
    expect((list as { items: unknown[] }).items).toMatchObject([
      { name, sizeBytes: SIZE, sha256: sent },
    ]);
    expect(pieces).toBeGreaterThan(1);
    page.removeAllListeners("request");
  },
);

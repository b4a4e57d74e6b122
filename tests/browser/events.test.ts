import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { changesOf } from "../support/events.js";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";

const { describe, test } = needs("browser");

const TYPES = ["file.created", "file.ready", "folder.created", "upload.completed"];

/** What the page calls. */
interface Exposed {
  readonly told: (id: string, type: string) => void;
  readonly connected: () => void;
}

// So the browser connects again several times.
const world = useWorld({ eventStreamMs: 1000 });

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser.close());

describe("An EventSource of a browser", () => {
  test("follows an upload until it is ready, and misses nothing when it connects again", async () => {
    const client = await world().member();
    const context = await browser.newContext();
    const cookies = client.cookie.split("; ").map((cookie) => {
      const [name = "", value = ""] = cookie.split("=");
      return { name, value, url: world().url };
    });
    await context.addCookies(cookies);
    const page = await context.newPage();
    await page.goto(`${world().url}/docs`);
    const seen: { id: string; type: string }[] = [];
    let connections = 0;
    await page.exposeFunction("told", (id: string, type: string) => seen.push({ id, type }));
    await page.exposeFunction("connected", () => (connections += 1));
    await page.evaluate((types) => {
      const { told, connected } = globalThis as unknown as Exposed;
      const events = new EventSource("/api/v1/events");
      events.onopen = connected;
      for (const type of types) {
        events.addEventListener(type, (event) => {
          told((event as MessageEvent).lastEventId, type);
        });
      }
    }, TYPES);
    await eventually(
      () => connections,
      (count) => count > 0,
    );

    await client.store("a.txt", "hello");
    await world().settle();
    await eventually(
      () => connections,
      (count) => count > 2,
    );
    await client.makeFolder("b");

    const expected = (await changesOf(client)).map(({ seq, type }) => ({ id: String(seq), type }));
    expect(expected.map(({ type }) => type)).toContain("file.ready");
    await eventually(
      () => seen.length,
      (count) => count >= expected.length,
    );
    expect(seen).toEqual(expected);
    await context.close();
  });
});

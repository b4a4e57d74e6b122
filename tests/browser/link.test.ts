import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { needs } from "../support/needs.js";
import { shareLink } from "../support/share-links.js";
import { useWorld } from "../support/use-world.js";
import { violationsOf } from "./accessibility.js";
import { openBrowser } from "./docs-page.js";

const { describe, test } = needs("browser");

const world = useWorld();
let browser: Browser;
let page: Page | undefined;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser.close());

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  await page?.context().close();
  const context = await browser.newContext(options);
  page = await context.newPage();
  await page.goto(world().url + path);
  return page;
}

/** A folder with a file and a folder in it, and a link to it. */
async function holidays(terms: Parameters<typeof shareLink>[2] = {}) {
  const owner = await world().member();
  const folder = await owner.makeFolder("Holidays");
  const inner = await owner.makeFolder("A long name of a folder, with many words in it", folder.id);
  for (const [name, parent] of [
    ["a.txt", folder],
    ["größe & <b>.txt", inner],
  ] as const) {
    const query = `name=${encodeURIComponent(name)}&folderId=${parent.id}`;
    await owner.put(`/api/v1/files?${query}`, `content of ${name}`);
  }
  await world().settle();
  return shareLink(world(), { owner, ...folder }, terms);
}

async function download(shown: Page, name: string) {
  const [file] = await Promise.all([
    shown.waitForEvent("download"),
    shown.getByRole("link", { name, exact: true }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  return { name: file.suggestedFilename(), content: Buffer.concat(chunks) };
}

describe("the page of a link", () => {
  test("asks for the password, lists folders and downloads, all without script", async () => {
    const link = await holidays({ password: "open sesame", label: "For the family" });
    const shown = await open(link.path, { javaScriptEnabled: false });

    expect(await shown.content()).not.toMatch(/Holidays|family/);
    await shown.getByLabel("Password").fill("open barley");
    await shown.getByRole("button", { name: "Open" }).click();
    expect(await shown.getByText("password").count()).toBeGreaterThan(0);
    await shown.getByLabel("Password").fill("open sesame");
    await shown.keyboard.press("Enter");
    await shown.getByRole("heading", { name: "Holidays" }).waitFor();

    await shown.getByRole("link", { name: /^A long name/ }).click();
    expect(await download(shown, "Download größe & <b>.txt")).toEqual({
      name: expect.stringContaining("größe"),
      content: Buffer.from("content of größe & <b>.txt"),
    });
    await shown.getByRole("link", { name: "Holidays" }).click();
    const all = await download(shown, "Download all");
    expect([all.name, all.content.subarray(0, 2).toString()]).toEqual(["Holidays.zip", "PK"]);
  });

  test.each(["light", "dark"] as const)(
    "has no fault that axe finds, and fits into 320 pixels, in %s colours",
    async (colorScheme) => {
      const link = await holidays({ expiresAt: new Date(Date.now() + 86_400_000) });
      const locked = await holidays({ password: "open sesame" });
      for (const path of [link.path, locked.path, `/s/${link.token}0`]) {
        const viewport = { width: 320, height: 640 };
        const shown = await open(path, { colorScheme, viewport });

        expect([path, await violationsOf(shown)]).toEqual([path, []]);
        const width = await shown.evaluate("document.documentElement.scrollWidth");
        expect([path, width]).toEqual([path, 320]);
      }
    },
  );

  test("of a picture shows it, where no limit counts its downloads", async () => {
    const owner = await world().member();
    const bytes = Buffer.from(PIXEL, "base64");
    const file = (await owner.put("/api/v1/files?name=dot.png", bytes)).json;
    await world().settle();
    const free = await shareLink(world(), { owner, ...file });
    const limited = await shareLink(world(), { owner, ...file }, { maxDownloads: 3 });

    const shown = await open(free.path);
    const picture = shown.getByRole("img", { name: "dot.png" });
    await picture.waitFor();
    expect(await shown.evaluate("document.querySelector('img').naturalWidth")).toBe(1);
    expect(await (await open(limited.path)).getByRole("img").count()).toBe(0);
  });
});

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

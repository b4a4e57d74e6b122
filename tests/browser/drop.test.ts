import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { UploadCutter } from "../support/upload-cutter.js";
import { useWorld } from "../support/use-world.js";
import { violationsOf } from "./accessibility.js";
import { openBrowser } from "./docs-page.js";
import { openDropPage, small } from "./drop-page.js";

const { describe, test } = needs("browser");

const world = useWorld();
const LARGE = Number(process.env["DROP_BYTES"] ?? 100_000_000);
let browser: Browser;
let folder: string;
let page: Page | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), "stowage-drop-"));
});

afterEach(() => page?.context().close());

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** @returns The page, and what is stored. */
async function dropInto({ url, ...options }: BrowserContextOptions & { url?: string } = {}) {
  const dropped = await openDropPage(world(), browser, { url: url ?? world().url, ...options });
  page = dropped.page;
  return { shown: page, stored: dropped.stored };
}

describe("the page of a link for uploads", () => {
  test("sends files without script", async () => {
    const { shown, stored } = await dropInto({ javaScriptEnabled: false });

    await shown.getByLabel("Choose files").setInputFiles([small("a.txt"), small("b.txt")]);
    await shown.getByRole("button", { name: "Send" }).click();
    await shown.getByText("2 files were sent").waitFor();

    expect((await stored()).map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
  });

  test("shows how far each file is, and has no fault that axe finds", async () => {
    const { shown, stored } = await dropInto({ viewport: { width: 320, height: 640 } });

    await shown.getByLabel("Choose files").setInputFiles([small("a.txt"), small("empty")]);
    await shown.locator(".queue li.done").nth(1).waitFor();

    expect(await violationsOf(shown)).toEqual([]);
    expect(await shown.evaluate("document.documentElement.scrollWidth")).toBe(320);
    expect((await stored()).map(({ name }) => name)).toEqual(["a.txt", "empty"]);
  });

  test("goes on after its connections were cut, and after it was loaded again", async () => {
    const path = join(folder, "large.bin");
    const bytes = randomBytes(LARGE);
    await writeFile(path, bytes);
    const cutter = await UploadCutter.start(world().port, { afterBytes: LARGE / 5, times: 3 });
    const { shown, stored } = await dropInto({ url: cutter.url });
    const pieces: number[] = [];
    shown.on("request", (request) => {
      if (request.method() === "PATCH") pieces.push(Number(request.headers()["upload-offset"]));
    });
    shown.on("dialog", (dialog) => void dialog.accept());

    await shown.getByLabel("Choose files").setInputFiles(path);
    await eventually(
      () => pieces.length,
      (count) => count >= 2,
    );
    await shown.reload();
    await shown.getByLabel("Choose files").setInputFiles(path);
    await shown.locator(".queue li.done").waitFor({ timeout: 120_000 });
    await cutter.close();

    expect(cutter.cuts).toBe(3);
    expect(pieces.filter((offset) => offset > 0).length).toBeGreaterThan(0);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await stored()).toMatchObject([{ name: "large.bin", sha256 }]);
  });
});

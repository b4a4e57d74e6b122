import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContextOptions, CDPSession, Page } from "playwright-core";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { changeLink } from "../support/share-links.js";
import { useWorld } from "../support/use-world.js";
import { violationsOf } from "./accessibility.js";
import { openBrowser } from "./docs-page.js";
import { type DropPage, limitUplink, openDropPage, small } from "./drop-page.js";

const { describe, test } = needs("browser");

const LARGE = randomBytes(4_000_000);
/** What the large file is sent at: it is under way until something else happens. */
const SLOW = 100_000;

const world = useWorld();
let browser: Browser;
let folder: string;
let large: string;
let opened: DropPage | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), "stowage-control-"));
  large = join(folder, "large.bin");
  await writeFile(large, LARGE);
});

afterEach(() => opened?.page.context().close());

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** Opens the page, whose uplink is slow. */
async function open(options: BrowserContextOptions = {}) {
  opened = await openDropPage(world(), browser, options);
  const { page } = opened;
  const uplink = await page.context().newCDPSession(page);
  await uplink.send("Network.enable");
  await limitUplink(uplink, SLOW);
  return { ...opened, uplink };
}

const choose = (page: Page, files: string | ReturnType<typeof small>[]) =>
  page.getByLabel("Choose files").setInputFiles(files);

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const row = (page: Page, name: string) => page.locator(".queue li", { hasText: name });

/** Waits until some of the file is on its way. */
const untilUnderWay = (page: Page, name: string) =>
  row(page, name)
    .getByText(/^[1-9]\d? % of .*\/s, \d+ \w+ left$/)
    .waitFor();

/** The offsets at which pieces of files begin. */
function notePieces(page: Page): number[] {
  const offsets: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
  });
  return offsets;
}

const uploadsLeft = () =>
  world()
    .mongo.db.collection("uploads")
    .countDocuments({ state: { $ne: "published" } });

/** Runs in the page. */
const NOTE_SAID = `
  globalThis.said = [];
  const status = document.querySelector("[role=status]");
  new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
`;

const fast = (uplink: CDPSession) => limitUplink(uplink, -1);

describe("a file that is sent by a link", () => {
  test("is paused, and goes on where it was", async () => {
    const { page, stored, uplink } = await open();
    const pieces = notePieces(page);

    await choose(page, large);
    await untilUnderWay(page, "large.bin");
    await press(page, "Pause large.bin");
    await row(page, "paused").waitFor();
    await fast(uplink);
    await choose(page, [small("meanwhile.txt")]);
    await page.locator(".queue .done").waitFor();
    expect(pieces).toEqual([0, 0]);
    expect((await stored()).map(({ name }) => name)).toEqual(["meanwhile.txt"]);
    await press(page, "Resume large.bin");
    await page.getByText("2 of 2 files sent").waitFor();

    expect(pieces.length).toBe(3);
    expect(pieces[2]).toBeGreaterThan(0);
    const sha256 = createHash("sha256").update(LARGE).digest("hex");
    expect(await stored()).toMatchObject([{ name: "large.bin", sha256 }, {}]);
  });

  test("is cancelled, and the server removes what has arrived", async () => {
    const { page, stored, uplink } = await open();

    await choose(page, large);
    await untilUnderWay(page, "large.bin");
    expect(await uploadsLeft()).toBe(1);
    await press(page, "Cancel large.bin");
    await page.locator(".queue .cancelled").waitFor();
    await eventually(uploadsLeft, (count) => count === 0);
    expect(await stored()).toEqual([]);

    await fast(uplink);
    await press(page, "Try again large.bin");
    await page.locator(".queue .done").waitFor();
    expect((await stored()).map(({ name }) => name)).toEqual(["large.bin"]);
  });

  test("says that its upload is removed later when the server cannot be reached", async () => {
    const { page, uplink } = await open();

    await choose(page, large);
    await untilUnderWay(page, "large.bin");
    await limitUplink(uplink, 0);
    await press(page, "Cancel large.bin");
    await page.getByText("It removes later what has arrived.").waitFor();
    await fast(uplink);

    await press(page, "Try again large.bin");
    await page.locator(".queue .done").waitFor();
  });
});

describe("all files that are sent by a link", () => {
  test("are paused, resumed and cancelled by the keyboard", async () => {
    const { page, stored, uplink } = await open();
    const pressFocused = async (name: string) => {
      const focused = page.locator(":focus");
      expect(await focused.textContent()).toBe(name);
      await page.keyboard.press("Enter");
    };

    await choose(page, large);
    await choose(page, ["a", "b", "c"].map(small));
    await untilUnderWay(page, "large.bin");
    await page.getByRole("button", { name: "Pause all" }).focus();
    await pressFocused("Pause all");
    await page.locator(".queue .paused").first().waitFor();
    await page.getByRole("button", { name: "Pause all" }).waitFor({ state: "hidden" });
    expect(await page.locator(".queue .sending, .queue .waiting").count()).toBe(0);
    await pressFocused("Resume all");
    await page.locator(".queue .done").nth(2).waitFor();
    await untilUnderWay(page, "large.bin");
    await page.getByRole("button", { name: "Pause all" }).focus();
    await page.keyboard.press("Tab");
    await pressFocused("Cancel all");
    await page.locator(".queue .cancelled").waitFor();
    await eventually(uploadsLeft, (count) => count === 0);

    await fast(uplink);
    expect((await stored()).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test("fail together when the link ends, and are tried again", async () => {
    const { page, link, stored, uplink } = await open();
    await fast(uplink);
    const names = Array.from({ length: 20 }, (_none, n) => `file-${n + 10}`);
    let begun = 0;
    page.on("request", (request) => (begun += request.method() === "POST" ? 1 : 0));

    await changeLink(world(), link, { isEnabled: false });
    await choose(page, names.map(small));
    await page.getByText("20 not sent").first().waitFor();
    expect(begun).toBeLessThanOrEqual(3);
    await changeLink(world(), link, { isEnabled: true });
    await press(page, "Try failed again");
    await page.getByText("20 of 20 files sent").waitFor();

    expect((await stored()).map(({ name }) => name)).toEqual(names);
  });

  test("are read out twice: when they are added, and when they have ended", async () => {
    const { page } = await open();
    await page.evaluate(NOTE_SAID);

    await choose(page, ["a", "b", "c"].map(small));
    await page.getByText("3 of 3 files sent").waitFor();
    await eventually(
      () => page.evaluate("globalThis.said"),
      (said) => JSON.stringify(said) === '["3 files added.","3 files sent."]',
    );
    expect(await page.locator("[aria-live]").count()).toBe(0);
  });

  test.each(["light", "dark"] as const)(
    "have no fault that axe finds, and fit into 320 pixels, in %s colours",
    async (colorScheme) => {
      const viewport = { width: 320, height: 640 };
      const { page } = await open({ colorScheme, viewport, reducedMotion: "reduce" });

      await choose(page, large);
      await choose(page, [small("a-rather-long-name-without-any-space-in-it-at-all.txt")]);
      await choose(page, [small("b\u0001.txt")]);
      await page.locator(".queue .done").waitFor();
      await page.locator(".queue .failed").waitFor();
      await untilUnderWay(page, "large.bin");

      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
      expect(await page.evaluate("document.getAnimations().length")).toBe(0);
      await press(page, "Cancel large.bin");
      await eventually(uploadsLeft, (count) => count === 0);
      expect(await violationsOf(page)).toEqual([]);
    },
  );
});

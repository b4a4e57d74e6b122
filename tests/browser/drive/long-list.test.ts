import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { isLong } from "../../support/long.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";
import { makeManyFiles, nameOf } from "./many-files.js";

const { describe, test } = needs("browser");
// Its files have no versions of their own.
const world = useWorld({}, { isDamaged: true });

const COUNT = isLong ? 100_000 : 4000;
const MOST_ROWS = 80;

let browser: Browser;
let folderId: string;
let drive: DrivePage;
let page: Page;

/** Scrolls to the end by steps, and notes which rows appear with a name, and how many are in the document at most. */
const SCROLL_THROUGH = `(async () => {
  const seen = new Set();
  let most = 0;
  const isSettled = () => document.querySelector('[role="row"][aria-busy]') === null;
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let end = false; !end; ) {
    const rows = [...document.querySelectorAll("[data-index]")];
    most = Math.max(most, rows.length);
    for (const row of rows) seen.add(row.querySelector("a").textContent);
    end = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
    scrollBy(0, innerHeight);
    do await nextFrame(); while (!isSettled());
  }
  return { seen: [...seen], most };
})()`;

interface Seen {
  readonly seen: readonly string[];
  readonly most: number;
}

describe("A long list of files", () => {
  beforeAll(async () => {
    browser = await openBrowser();
    const client = await world().member();
    folderId = (await client.makeFolder("Many")).id;
    const inner = await client.makeFolder("First of all", folderId);
    await makeManyFiles(world(), client, { folderId, count: COUNT });
    drive = await DrivePage.openFor(browser, client, { path: `/folder/${inner.id}` });
    ({ page } = drive);
    await page.getByText("This folder is empty.").waitFor();
  });

  afterAll(() => browser.close());

  test("shows every row while it scrolls to the end, and keeps few in the document", async () => {
    await page.getByRole("link", { name: "Many" }).click();
    await page.getByRole("grid", { name: "Many" }).waitFor();
    await page.getByText(`${(COUNT + 1).toLocaleString("en-GB")} entries`).waitFor();

    const { seen, most } = await page.evaluate<Seen>(SCROLL_THROUGH);

    expect(seen.length).toBe(COUNT + 1);
    expect(new Set(seen)).toContain(nameOf(COUNT - 1));
    expect(most).toBeLessThan(MOST_ROWS);
    const grid = page.getByRole("grid");
    expect(await grid.getAttribute("aria-rowcount")).toBe(String(COUNT + 2));
    expect(await violationsOf(page)).toEqual([]);
  });

  test("jumps to the end with a key, and keeps the focus while rows come and go", async () => {
    await page.reload();
    await page.getByText(`${(COUNT + 1).toLocaleString("en-GB")} entries`).waitFor();
    await page.getByRole("row", { name: "First of all" }).focus();
    await page.keyboard.press("End");
    await page.getByRole("link", { name: nameOf(COUNT - 1), exact: true }).waitFor();
    const focused = () => page.locator(":focus").getAttribute("aria-rowindex");
    expect(await focused()).toBe(String(COUNT + 2));

    await page.evaluate("scrollTo(0, 0)");
    await page.getByRole("link", { name: nameOf(0), exact: true }).waitFor();
    expect(await focused()).toBe(String(COUNT + 2));
    await page.keyboard.press("ArrowUp");
    await page.getByRole("link", { name: nameOf(COUNT - 2), exact: true }).waitFor();

    expect(await focused()).toBe(String(COUNT + 1));
    expect(drive.faults).toEqual([]);
  });
});

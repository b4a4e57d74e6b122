import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { small } from "../drop-page.js";
import type { DrivePage } from "./drive-page.js";
import { askAs, choose, openForUploads, panelOf, press, storedIn } from "./upload-page.js";

const { describe, test } = needs("browser");

const LIMIT = 3_000_000;

const world = useWorld({ defaultQuotaBytes: LIMIT });
let browser: Browser;
let drive: DrivePage;

beforeAll(async () => {
  browser = await openBrowser();
});

afterEach(() => drive.close());

afterAll(() => browser.close());

const named = (names: readonly string[], content: string) =>
  names.map((name) => ({ ...small(name), buffer: Buffer.from(content) }));

const dialogOf = (page: Page) => page.getByRole("dialog");

const uploaded = (page: Page, text: string) =>
  page.getByRole("heading", { name: text, exact: true }).waitFor();

/** Opens the page for an account with three files. */
async function openWithFiles(): Promise<Page> {
  drive = await openForUploads(browser, world().url);
  const { page } = drive;
  await choose(page, named(["a.txt", "b.txt", "c.txt"], "old"));
  await uploaded(page, "3 files uploaded");
  await press(page, "Close uploads");
  await panelOf(page).waitFor({ state: "detached" });
  return page;
}

const sizesIn = async (page: Page) =>
  (await storedIn(page)).map(({ name, sizeBytes }) => `${name} ${sizeBytes}`);

describe("Before files are uploaded, the page for people", () => {
  test("asks once whether files replace those of the same names", async () => {
    const page = await openWithFiles();

    await choose(page, named(["a.txt", "b.txt", "new.txt"], "newer"));
    await dialogOf(page).getByText("There is already a file “a.txt”.").waitFor();
    expect(await page.getByLabel("Do the same for the other file").isChecked()).toBe(true);
    expect(await violationsOf(page)).toEqual([]);
    await press(page, "Replace");
    await uploaded(page, "3 files uploaded");

    expect(await sizesIn(page)).toEqual(["a.txt 5", "b.txt 5", "c.txt 3", "new.txt 5"]);
    const [{ id } = { id: "" }] = await storedIn(page);
    expect((await askAs(page, `/files/${id}/versions`)).items).toHaveLength(2);
    expect(drive.faults).toEqual([]);
  });

  test("asks for each name, if a person wants so", async () => {
    const page = await openWithFiles();

    await choose(page, named(["a.txt", "b.txt", "c.txt"], "newer"));
    await page.getByLabel("Do the same for the other 2 files").uncheck();
    await press(page, "Keep both");
    await dialogOf(page).getByText("There is already a file “b.txt”.").waitFor();
    await page.getByLabel("Do the same for the other file").uncheck();
    await press(page, "Skip");
    await dialogOf(page).getByText("There is already a file “c.txt”.").waitFor();
    await press(page, "Replace");
    await uploaded(page, "2 files uploaded");

    expect(await sizesIn(page)).toEqual(["a (2).txt 5", "a.txt 3", "b.txt 3", "c.txt 5"]);
    expect(drive.faults).toEqual([]);
  });

  test("says that there is not enough room, and sends nothing unless it is told to", async () => {
    const page = await openWithFiles();
    const files = [...named(["fits.txt"], "1"), ...named(["large.bin"], "x".repeat(LIMIT))];

    await choose(page, files);
    await dialogOf(page).getByText("These files have 3 MB, and 3 MB are free.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await press(page, "Do not upload");
    expect(await panelOf(page).count()).toBe(0);
    expect((await storedIn(page)).length).toBe(3);
    await choose(page, files);
    await press(page, "Upload what fits");
    await uploaded(page, "1 file not uploaded, 1 file uploaded");

    expect((await storedIn(page)).map(({ name }) => name)).toContain("fits.txt");
    await panelOf(page).getByText("There is not enough room left.").waitFor();
    expect(drive.faults.filter((fault) => !fault.includes("507"))).toEqual([]);
  });
});

import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { isLong } from "../../support/long.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { dropOn, folderOnDisk, openForUploads, panelOf, storedIn } from "./upload-page.js";

const { describe, test } = needs("browser");

/** Browsers list about 100 entries of a folder at once. */
const MANY = isLong ? 10_000 : 200;

const world = useWorld();
let browser: Browser;
let disk = "";

beforeAll(async () => {
  browser = await openBrowser();
});

afterEach(() => rm(disk, { recursive: true, force: true }));

afterAll(() => browser.close());

describe("A folder that is uploaded on the page for people", () => {
  test(`is stored with its ${MANY} files, also empty folders, and few of its rows are drawn`, async () => {
    const names = Array.from({ length: MANY }, (_none, n) => `n${n}.txt`);
    disk = await folderOnDisk([
      ...names.map((name) => `trip/days/${name}`),
      ...["trip/a.txt", "trip/nothing/", "trip/deep/er/b.txt", "c.txt"],
    ]);
    const drive = await openForUploads(browser, world().url);
    const { page } = drive;

    await dropOn(page, [join(disk, "trip"), join(disk, "c.txt")]);
    await panelOf(page).getByRole("listitem").first().waitFor();
    expect(await panelOf(page).getByRole("listitem").count()).toBeLessThan(12);
    const done = new Intl.NumberFormat("en").format(MANY + 3);
    await panelOf(page)
      .getByRole("heading", { name: `${done} files uploaded`, exact: true })
      .waitFor({ timeout: MANY * 300 });

    expect((await storedIn(page)).map(({ name }) => name)).toEqual(["c.txt", "trip"]);
    const inTrip = await storedIn(page, "/trip");
    expect(inTrip.map(({ name }) => name)).toEqual(["a.txt", "days", "deep", "nothing"]);
    expect((await storedIn(page, "/trip/deep/er")).map(({ name }) => name)).toEqual(["b.txt"]);
    expect(await storedIn(page, "/trip/nothing")).toEqual([]);
    if (MANY <= 1000) {
      const stored = (await storedIn(page, "/trip/days")).map(({ name }) => name);
      expect(new Set(stored)).toEqual(new Set(names));
    }
    expect(await violationsOf(page)).toEqual([]);
    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  test("joins a folder of the same name, and files keep the time at which they were changed", async () => {
    disk = await folderOnDisk(["trip/a.txt", "trip/deep/b.txt"]);
    const drive = await openForUploads(browser, world().url);
    const { page } = drive;
    const chooser = page.locator("input[webkitdirectory]");

    await chooser.setInputFiles(join(disk, "trip"));
    await page.getByRole("heading", { name: "2 files uploaded" }).waitFor();
    await rm(disk, { recursive: true });
    disk = await folderOnDisk(["trip/new.txt", "trip/deep/c.txt"]);
    await chooser.setInputFiles(join(disk, "trip"));
    await page.getByRole("heading", { name: "4 files uploaded" }).waitFor();

    expect((await storedIn(page)).map(({ name }) => name)).toEqual(["trip"]);
    expect((await storedIn(page, "/trip")).map(({ name }) => name)).toEqual([
      ...["a.txt", "deep", "new.txt"],
    ]);
    const [, changed] = await storedIn(page, "/trip/deep");
    const { mtimeMs } = await stat(join(disk, "trip/deep/c.txt"));
    expect(changed).toMatchObject({ name: "c.txt" });
    expect(Date.parse(changed?.modifiedAt ?? "")).toBe(Math.floor(mtimeMs));
    expect(drive.faults).toEqual([]);
    await drive.close();
  });
});

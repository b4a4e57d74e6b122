import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";
import { type DropPage, openDropPage } from "./drop-page.js";

const { describe, test } = needs("browser");

/** More than a browser lists at once. */
const MANY = 150;

const world = useWorld();
let browser: Browser;
let folder: string;
let opened: DropPage | undefined;

beforeAll(async () => {
  browser = await openBrowser();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stowage-folders-"));
});

afterEach(async () => {
  await opened?.page.context().close();
  await rm(folder, { recursive: true });
});

afterAll(() => browser.close());

async function open(): Promise<DropPage> {
  opened = await openDropPage(world(), browser);
  return opened;
}

/** Makes files, each with its path as its content, and empty folders, whose paths end with a slash. */
async function make(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const isFolder = path.endsWith("/");
    await mkdir(join(folder, isFolder ? path : join(path, "..")), { recursive: true });
    if (!isFolder) await writeFile(join(folder, path), path);
  }
}

/** As a person does it with a file manager. */
async function drop(page: Page, names: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const box = await page.locator("form.drop").boundingBox();
  const place = { x: (box?.x ?? 0) + 5, y: (box?.y ?? 0) + 5 };
  const files = names.map((name) => join(folder, name));
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...place, data });
  }
}

/** @returns What tells how many uploads a page has begun since. */
function countUploads(page: Page): () => number {
  let begun = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") begun += 1;
  });
  return () => begun;
}

const namesIn = async ({ stored }: DropPage, path: string) =>
  (await stored(path)).map(({ name }) => name);

describe("the page of a link for uploads", () => {
  test("takes folders that are dropped, with all that is in them", async () => {
    const many = Array.from({ length: MANY }, (_none, n) => `n${n}.txt`);
    await make([
      ...many.map((name) => `trip/days/${name}`),
      ...["trip/a.txt", "trip/nothing/", "trip/b\u0001.txt", "c.txt"],
    ]);
    const dropped = await open();
    const { page } = dropped;
    const begun = countUploads(page);

    await drop(page, ["trip", "c.txt"]);
    // A busy machine needs its time for so many uploads.
    const sent = page.getByText(`${MANY + 2} of ${MANY + 2} files sent · 1 not sent`);
    await sent.waitFor({ timeout: 150_000 });

    expect(await namesIn(dropped, "")).toEqual(["c.txt", "trip"]);
    expect(await namesIn(dropped, "/trip")).toEqual(["a.txt", "days"]);
    expect(new Set(await namesIn(dropped, "/trip/days"))).toEqual(new Set(many));
    expect(begun()).toBe(MANY + 3);
    expect(await page.locator(".notice").textContent()).toBe(
      "Empty folders are not sent: trip/nothing.",
    );
    expect(await page.locator(".queue .failed").textContent()).toContain(
      "not sent: The name has control characters",
    );
  });

  test("takes a folder that is chosen, and sends no file a second time", async () => {
    await make(["trip/a.txt", "trip/deep/er/b.txt"]);
    const dropped = await open();
    const { page } = dropped;
    const chooser = page.getByLabel("Choose a folder");

    await chooser.setInputFiles(join(folder, "trip"));
    await page.locator(".queue .done").nth(1).waitFor();
    await make(["trip/new.txt"]);
    await chooser.setInputFiles(join(folder, "trip"));
    await page.getByText("3 of 3 files sent").first().waitFor();

    expect(await page.locator(".notice").textContent()).toBe(
      "2 of these files were there already.",
    );
    expect(await namesIn(dropped, "/trip")).toEqual(["a.txt", "deep", "new.txt"]);
    expect(await namesIn(dropped, "/trip/deep/er")).toEqual(["b.txt"]);
  });

  test("shows 50 of thousands of files, and sends three at a time", async () => {
    await make(Array.from({ length: 3000 }, (_none, n) => `trip/${n}.txt`));
    const { page } = await open();
    await page.context().setOffline(true);

    await page.getByLabel("Choose a folder").setInputFiles(join(folder, "trip"));
    await page.getByText("2,950 files more").waitFor();

    expect(await page.locator(".queue li").count()).toBe(50);
    expect(await page.locator(".queue .sending").count()).toBe(3);
    await page.getByRole("button", { name: "Cancel all" }).click();
    await page.getByText("0 files sent, 3000 cancelled").first().waitFor({ state: "attached" });
    expect(await page.locator(".queue li").count()).toBe(50);
  });
});

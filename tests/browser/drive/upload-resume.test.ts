import { createHash, randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import type { Browser, Page, Route } from "playwright-core";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { CuttingProxy } from "../cutting-proxy.js";
import { openBrowser } from "../docs-page.js";
import type { DrivePage } from "./drive-page.js";
import { choose, folderOnDisk, openForUploads, panelOf, rowOf, storedIn } from "./upload-page.js";

const { describe, test } = needs("browser");

const FILM = randomBytes(20 * 1024 ** 2);
/** After so many bytes the connection is cut. */
const PIECE = 6 * 1024 ** 2;

const world = useWorld();
let browser: Browser;
let disk: string;
let film: string;
let proxy: CuttingProxy;
let drive: DrivePage | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  proxy = await CuttingProxy.start(Number(new URL(world().url).port));
});

beforeEach(async () => {
  disk = await folderOnDisk([]);
  film = join(disk, "film.mkv");
  await writeFile(film, FILM);
});

afterEach(async () => {
  await drive?.close();
  await rm(disk, { recursive: true });
});

afterAll(async () => {
  await browser.close();
  await proxy.close();
});

/** Opens the page behind the proxy. @returns The offsets at which pieces begin, too. */
async function open() {
  drive = await openForUploads(browser, proxy.url);
  const { page, faults } = drive;
  const offsets: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
  });
  return { page, offsets, faults };
}

const expectFilm = async (page: Page) => {
  await page.getByRole("heading", { name: "1 file uploaded" }).waitFor({ timeout: 60_000 });
  const sha256 = createHash("sha256").update(FILM).digest("hex");
  expect(await storedIn(page)).toMatchObject([{ name: "film.mkv", sha256 }]);
};

/** A lost connection is told on the console, and so is what the server says when Chromium sends a request again by itself. */
const isNoise = (fault: string) => fault.startsWith("console: Failed to load resource");

describe("A large file that is uploaded on the page for people", () => {
  test("waits for the network, and continues where it was after the page was loaded again", async () => {
    const { page, offsets, faults } = await open();
    const waiting = rowOf(page, "film.mkv").getByText("Waiting for the network");

    const cutOnce = proxy.cutAfter(PIECE);
    await choose(page, film);
    let restore = await cutOnce;
    await waiting.waitFor();
    const cutAgain = proxy.cutAfter(PIECE);
    restore();
    restore = await cutAgain;
    await waiting.waitFor();
    await page.getByRole("button", { name: "Pause film.mkv" }).click();
    restore();
    await page.reload();
    await panelOf(page)
      .getByText(/^Interrupted \(21 MB\)\. Choose or drop this file again/)
      .waitFor();
    const [first, second] = offsets.splice(0);
    await choose(page, film);
    await expectFilm(page);

    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(offsets[0]).toBeGreaterThan(second ?? 0);
    expect(await panelOf(page).getByText("Interrupted").count()).toBe(0);
    expect(faults.filter((fault) => !isNoise(fault))).toEqual([]);
  });

  test("is stored once when the answer to its last piece is lost", async () => {
    const { page, faults } = await open();
    const lose = async (route: Route) => {
      void proxy.stallNext(1).then((cut) => {
        cut("reset");
      });
      await route.continue();
    };
    await page.route(/\/uploads\//, lose, { times: 1 });

    await choose(page, film);
    await expectFilm(page);

    expect(faults.filter((fault) => !isNoise(fault))).toEqual([]);
  });
});

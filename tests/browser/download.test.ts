import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Browser, BrowserContext } from "playwright-core";
import type { Client } from "../support/client.js";
import type { FileJson } from "../support/answer-json.js";
import { untilAnswered } from "../support/eventually.js";
import { World } from "../support/world.js";
import { type Cut, CuttingProxy } from "./cutting-proxy.js";
import { openBrowser } from "./docs-page.js";
import { needs } from "../support/needs.js";

const { describe } = needs("chromium");

const MIB = 1024 ** 2;

let world: World;
let proxy: CuttingProxy;
let folder: string;
let browser: Browser;
let context: BrowserContext;
let client: Client;
let file: FileJson;
const bytes = randomBytes(8 * MIB);

beforeEach(async () => {
  world = await World.start();
  proxy = await CuttingProxy.start(world.port);
  folder = await mkdtemp(join(tmpdir(), "stowage-downloads-"));
  browser = await openBrowser({ downloadsPath: folder });
  context = await browser.newContext();
  client = await world.member();
  file = await client.store("large.bin", bytes);
  const cookies = client.cookie.split("; ").map((cookie) => cookie.split("=", 2));
  await context.addCookies(
    cookies.map(([name = "", value = ""]) => ({ name, value, url: proxy.url })),
  );
});

afterEach(async () => {
  await browser.close();
  await proxy.close();
  await world.close();
  await rm(folder, { recursive: true });
});

/** Opens the file's address, which makes Chromium download it. */
async function beginDownload(): Promise<void> {
  const page = await context.newPage();
  const begun = page.waitForEvent("download");
  // A navigation that becomes a download is over without a page.
  await page.goto(proxy.url + file.links.content).catch(() => undefined);
  await begun;
}

/** Begins the download, and cuts it in its middle once Chromium keeps more than a MiB of it. */
async function cutDownload(how: Cut): Promise<void> {
  const stalled = proxy.stallNext(3 * MIB);
  await beginDownload();
  const cut = await stalled;
  await untilAnswered(async () => ((await keptBytes()) > MIB ? true : undefined));
  cut(how);
}

/** How much Chromium has written to its file; an error while it gives that its name. */
async function keptBytes(): Promise<number> {
  const [name = ""] = await readdir(folder);
  return (await stat(join(folder, name))).size;
}

/** Clicks Resume on the page on which Chromium shows what it downloads, once it says that the download failed. */
async function clickResume(): Promise<void> {
  const page = await context.newPage();
  await page.goto("chrome://downloads");
  const item = page.locator("downloads-item");
  await item.getByText("Failed - Network error").waitFor();
  await item.locator("#more-actions").click();
  await item.getByText("Resume").click();
}

/** What Chromium has downloaded, once it says that this is whole. */
const downloaded = (): Promise<Buffer> =>
  untilAnswered(async () => {
    const [name = ".crdownload"] = await readdir(folder);
    return name.endsWith(".crdownload") ? undefined : readFile(join(folder, name));
  });

const requestsOfTheFile = () =>
  proxy.requests.filter((head) => head.includes(file.links.content.toLowerCase()));

/** Where the last request asked to go on. */
const resumedAt = () =>
  Number(/^range: bytes=(\d+)-\r$/m.exec(requestsOfTheFile().at(-1) ?? "")?.[1]);

describe("A browser's download", () => {
  test("that ends early is gone on with by the browser itself, from where it ended", async () => {
    await cutDownload("end");

    expect((await downloaded()).equals(bytes)).toBe(true);
    expect(requestsOfTheFile().length).toBe(2);
    expect(requestsOfTheFile().at(-1)).toContain(`\r\nif-range: ${file.etag.toLowerCase()}\r\n`);
    expect(resumedAt()).toBeGreaterThan(MIB);
    expect(proxy.lastStatusLine).toBe("HTTP/1.1 206 Partial Content");
  });

  test("that lost its connection is gone on with when somebody clicks Resume", async () => {
    await cutDownload("reset");
    await clickResume();

    expect((await downloaded()).equals(bytes)).toBe(true);
    expect(requestsOfTheFile().length).toBe(2);
    expect(resumedAt()).toBeGreaterThan(MIB);
    expect(proxy.lastStatusLine).toBe("HTTP/1.1 206 Partial Content");
  });

  test("of a file that was replaced meanwhile begins anew, and mixes no two contents", async () => {
    const newer = randomBytes(7 * MIB);

    await cutDownload("reset");
    await client.store("large.bin", newer);
    await clickResume();

    expect((await downloaded()).equals(newer)).toBe(true);
    expect(proxy.lastStatusLine).toBe("HTTP/1.1 200 OK");
  });
});

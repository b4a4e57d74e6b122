import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { eventually } from "../../support/eventually.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { limitUplink, small } from "../drop-page.js";
import type { DrivePage } from "./drive-page.js";
import { choose, openForUploads, panelOf, press, rowOf, storedIn } from "./upload-page.js";

const { describe, test } = needs("browser");

const large = (name: string) => ({ ...small(name), buffer: Buffer.alloc(4_000_000, name) });
/** At this many bytes a second a large file is under way until something else happens. */
const SLOW = 100_000;

const world = useWorld();
let browser: Browser;
let drive: DrivePage | undefined;

beforeAll(async () => {
  browser = await openBrowser();
});

afterEach(() => drive?.close());

afterAll(() => browser.close());

async function open() {
  drive = await openForUploads(browser, world().url);
  const { page } = drive;
  const uplink = await page.context().newCDPSession(page);
  await uplink.send("Network.enable");
  await limitUplink(uplink, SLOW);
  return { page, uplink, faults: drive.faults };
}

const untilUnderWay = (page: Page, name: string) =>
  rowOf(page, name)
    .getByText(/^Uploading · [1-9][\d.]* kB of/)
    .waitFor();

const uploadsLeft = () =>
  world()
    .mongo.db.collection("uploads")
    .countDocuments({ state: { $ne: "published" } });

/** Runs in the page. */
const COPY_PICTURE = `
  const canvas = new OffscreenCanvas(4, 4);
  canvas.getContext("2d").fillRect(0, 0, 4, 4);
  canvas.convertToBlob().then((picture) =>
    navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]));
`;

const namesIn = async (page: Page) => (await storedIn(page)).map(({ name }) => name);

describe("The uploads of the page for people", () => {
  test("are paused and continued, one by one and all together", async () => {
    const { page, uplink, faults } = await open();

    await choose(page, [large("a.bin"), large("b.bin")]);
    await untilUnderWay(page, "a.bin");
    await press(page, "Pause a.bin");
    await rowOf(page, "a.bin")
      .getByText(/^Paused/)
      .waitFor();
    await press(page, "Pause all");
    await page.getByRole("heading", { name: "2 files paused" }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await press(page, "Resume a.bin");
    await untilUnderWay(page, "a.bin");
    await limitUplink(uplink, -1);
    await press(page, "Resume all");
    await page.getByRole("heading", { name: "2 files uploaded" }).waitFor();

    expect(await namesIn(page)).toEqual(["a.bin", "b.bin"]);
    await press(page, "Close uploads");
    await panelOf(page).waitFor({ state: "detached" });
    expect(faults).toEqual([]);
  });

  test("are cancelled, and the server removes what has arrived", async () => {
    const { page, faults } = await open();

    await choose(page, [large("a.bin"), large("b.bin")]);
    await untilUnderWay(page, "a.bin");
    await press(page, "Cancel a.bin");
    await rowOf(page, "a.bin").waitFor({ state: "detached" });
    await press(page, "Cancel all");
    await panelOf(page).waitFor({ state: "detached" });

    expect(await eventually(uploadsLeft, (count) => count === 0)).toBe(0);
    expect(await namesIn(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test("say beside a file why it is refused, and try it again", async () => {
    const { page, uplink } = await open();
    await limitUplink(uplink, -1);
    const refused = { code: "name-not-allowed", title: "Name not allowed" };
    await page.route(/\/files\?name=/, (route) => route.fulfill({ status: 403, json: refused }));

    await choose(page, [small("a.exe")]);
    await rowOf(page, "a.exe").getByText("This server takes no files with such a name.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.unroute(/\/files\?name=/);
    await press(page, "Retry a.exe");
    await page.getByRole("heading", { name: "1 file uploaded" }).waitFor();

    expect(await namesIn(page)).toEqual(["a.exe"]);
  });

  test("wait as long as a busy server says", async () => {
    const { page, uplink } = await open();
    await limitUplink(uplink, -1);
    const asked: number[] = [];
    await page.route(/\/files\?name=/, (route) => {
      asked.push(Date.now());
      if (asked.length > 1) return route.continue();
      const json = { code: "too-many-requests", title: "Too many requests" };
      return route.fulfill({ status: 429, headers: { "Retry-After": "3" }, json });
    });

    await choose(page, [small("a.txt")]);
    await rowOf(page, "a.txt").getByText("The server is busy. Waiting").waitFor();
    await page.getByRole("heading", { name: "1 file uploaded" }).waitFor();

    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(3000);
    expect(await namesIn(page)).toEqual(["a.txt"]);
  });

  test("keep the page from being left unasked as long as they run", async () => {
    const { page } = await open();
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });

    await choose(page, [large("a.bin")]);
    await untilUnderWay(page, "a.bin");
    await page.close({ runBeforeUnload: true });

    expect(
      await eventually(
        () => Promise.resolve(asked),
        (seen) => seen.length > 0,
      ),
    ).toEqual(["beforeunload"]);
    await press(page, "Cancel all");
    await panelOf(page).waitFor({ state: "detached" });
  });

  test("begin with what is pasted, and a picture gets the time as its name", async () => {
    const { page, uplink, faults } = await open();
    await limitUplink(uplink, -1);

    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.evaluate(COPY_PICTURE);
    await page.keyboard.press("Control+V");
    await page.getByRole("heading", { name: "1 file uploaded" }).waitFor();

    expect(await namesIn(page)).toEqual([
      expect.stringMatching(/^Pasted \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/),
    ]);
    expect(faults).toEqual([]);
  });
});

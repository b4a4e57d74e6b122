import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";

const { describe, test } = needs("browser");
const world = useWorld();
const PASSWORD = "five-green-kites";
const DAY_MS = 86_400_000;

let browser: Browser;

/** Somebody with the folder "Plans", a file in it, and a first link to it. */
async function owner() {
  const client = await world().member();
  const folder = await client.makeFolder("Plans");
  await client.put(`/api/v1/files?name=plan.txt&folderId=${folder.id}`, "the plan");
  await client.post("/api/v1/links", { entryId: folder.id, permission: "view", label: "First" });
  await world().settle();
  return { client, folder };
}

/** Opens the dialog of the folder from the list of links. */
async function openDialog(client: Client) {
  const drive = await DrivePage.openFor(browser, client, { path: "/links" });
  await drive.page.getByRole("button", { name: "Share “Plans”" }).click();
  return { drive, page: drive.page, dialog: drive.page.getByRole("dialog") };
}

async function usernameOf(client: Client): Promise<string> {
  const { json } = await client.get("/api/v1/me");
  return json.username;
}

/** Downloads the file as somebody without an account, who knows the password. */
async function downloadByLink(url: string): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download plan.txt" }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  await context.close();
  return Buffer.concat(chunks).toString();
}

const statusOf = async (page: Page, url: string) => (await page.request.get(url)).status();

describe("Sharing on the page for people", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  test("makes a link with a password for a week, shows its uses, and revokes it", async () => {
    const { client } = await owner();
    const { drive, page, dialog } = await openDialog(client);
    await dialog.getByRole("button", { name: "New link" }).click();
    await dialog.getByLabel("Label").fill("For the architect");
    await dialog.getByRole("textbox", { name: "Password" }).fill("short");
    await dialog.getByLabel("Valid").selectOption({ label: "for a week" });
    await dialog.getByLabel("Number of downloads").fill("3");
    await dialog.getByRole("button", { name: "Make link" }).click();
    await dialog.getByText("Choose another password").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.keyboard.press("Enter");

    const card = dialog.getByRole("article", { name: "For the architect" });
    await card.getByText("0 of 3 downloads").waitFor();
    const url = await card.getByLabel("Address of the link").inputValue();
    const { json } = await client.get("/api/v1/links?state=active");
    const [made] = json.items;
    expect(made).toMatchObject({
      ...{ label: "For the architect", hasPassword: true },
      ...{ permission: "download", maxDownloads: 3 },
    });
    const expiresIn = Date.parse(String(made?.expiresAt)) - Date.now();
    expect(Math.round(expiresIn / DAY_MS)).toBe(7);

    expect(await downloadByLink(url)).toBe("the plan");
    await card.getByRole("button", { name: "Uses" }).click();
    await card.getByText("Downloaded: plan.txt").waitFor();
    await card.getByRole("button", { name: "QR code" }).click();
    await card.getByRole("img", { name: `QR code of ${url}` }).waitFor();
    expect(await violationsOf(page)).toEqual([]);

    await card.getByRole("button", { name: "Revoke: For the architect" }).click();
    await card.getByRole("button", { name: "Revoke", exact: true }).click();
    await dialog.getByText("The link is revoked.").waitFor();
    expect(await card.count()).toBe(0);
    expect(await statusOf(page, url)).toBe(404);
    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  test("switches a link off and on, changes it, and copies its address", async () => {
    const { client } = await owner();
    const drive = await DrivePage.openFor(browser, client, {
      path: "/links",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page } = drive;
    const card = page.getByRole("article", { name: "First" });
    const url = await card.getByLabel("Address of the link").inputValue();
    await card.getByRole("button", { name: "Copy" }).click();
    await card.getByText("The link is copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(url);

    await card.getByRole("switch", { name: "On" }).click();
    await card.getByText("Off", { exact: true }).waitFor();
    expect(await statusOf(page, url)).toBe(404);
    await card.getByRole("switch", { name: "On" }).click();
    await card.getByText("Active", { exact: true }).waitFor();
    expect(await statusOf(page, url)).toBe(200);

    await card.getByRole("button", { name: "Change" }).click();
    await card.getByLabel("People with the link may").selectOption({
      label: "only upload, and see nothing",
    });
    await card.getByRole("button", { name: "Save" }).click();
    await card.getByText("Upload only · Never used").waitFor();

    await page.getByLabel("State").selectOption({ label: "Revoked" });
    await page.getByText("There are no such links.").waitFor();
    expect(page.url()).toMatch(/\/drive\/links\?state=revoked$/);
    await page.goBack();
    await card.waitFor();

    // Another client revokes it.
    await page.getByLabel("State").selectOption({ label: "Active" });
    const { json } = await client.get("/api/v1/links?state=active");
    await client.delete(`/api/v1/links/${json.items[0]?.id}`);
    await page.getByText("There are no such links.").waitFor();
    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  test("shares a folder with somebody, who sees and opens it", async () => {
    const { client } = await owner();
    const guest = await world().member();
    const guestName = await usernameOf(guest);
    const { drive, page, dialog } = await openDialog(client);
    await page.keyboard.press("Tab");
    await dialog.getByRole("tab", { name: "Link" }).focus();
    await page.keyboard.press("ArrowRight");
    await dialog.getByLabel("Username").fill("nobody-of-this-name");
    await dialog.getByRole("button", { name: "Share" }).click();
    await dialog.getByText("There is no such person on this server.").waitFor();
    await dialog.getByLabel("Username").fill(guestName);
    await page.keyboard.press("Enter");
    await dialog.getByText(`Shared with ${guestName}.`).waitFor();
    expect(await violationsOf(page)).toEqual([]);

    const theirs = await DrivePage.openFor(browser, guest, { path: "/shared" });
    const list = theirs.page.getByRole("list", { name: "Shared with me" });
    await list.getByText("May look").waitFor();
    expect(await violationsOf(theirs.page)).toEqual([]);
    await list.getByRole("link", { name: "Plans" }).click();
    await theirs.page.getByText("plan.txt").waitFor();

    await dialog.getByLabel(`What ${guestName} may do`).selectOption({ label: "May change" });
    await dialog.getByRole("button", { name: `Remove ${guestName}` }).click();
    await dialog.getByText(`Not shared with ${guestName} any more.`).waitFor();
    await theirs.page.goBack();
    await theirs.page.getByText("Nobody shares anything with you yet.").waitFor();
    expect(theirs.faults).toEqual([]);
    const refusals = /Failed to load resource.*404/;
    expect(drive.faults.filter((fault) => !refusals.test(fault))).toEqual([]);
    await theirs.close();
    await drive.close();
  });
});

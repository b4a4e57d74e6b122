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

let browser: Browser;

async function usernameOf(client: Client): Promise<string> {
  const { json } = await client.get("/api/v1/me");
  return json.username;
}

/** What the page has wrong now: what axe finds, and whether it is wider than the screen. */
async function wrongWith(page: Page): Promise<readonly unknown[]> {
  const isTooWide = "document.documentElement.scrollWidth > innerWidth";
  return [...(await violationsOf(page)), ...((await page.evaluate(isTooWide)) ? ["width"] : [])];
}

describe("Sharing on the page for people", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  test("fits into 320 pixels, in dark colours and in German", async () => {
    const client = await world().member();
    const other = await world().member();
    const folder = await client.makeFolder("Ein Ordner mit einem ziemlich langen Namen ohne Sinn");
    const theirs = await other.makeFolder("Team");
    const share = { entryId: theirs.id, username: await usernameOf(client), role: "manager" };
    await other.post("/api/v1/shares", share);
    await client.post("/api/v1/shares", {
      ...{ entryId: folder.id, username: await usernameOf(other), role: "editor" },
    });
    await client.post("/api/v1/links", { entryId: folder.id, permission: "upload" });
    const drive = await DrivePage.openFor(browser, client, {
      ...{ path: "/links", locale: "de-DE", colorScheme: "dark" },
      viewport: { width: 320, height: 640 },
    });
    const { page } = drive;
    await page.getByRole("article", { name: "Nur hochladen" }).waitFor();
    expect(await wrongWith(page)).toEqual([]);
    await page.getByRole("button", { name: /teilen$/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Neuer Link" }).click();
    expect(await wrongWith(page)).toEqual([]);
    await dialog.getByRole("tab", { name: "Personen" }).click();
    await dialog.getByText(await usernameOf(other)).waitFor();
    expect(await wrongWith(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Mit mir geteilt" }).click();
    await page.getByRole("link", { name: "Team" }).waitFor();
    expect(await wrongWith(page)).toEqual([]);
    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  test("says when there is nothing, and when it cannot be read", async () => {
    const client = await world().member();
    const drive = await DrivePage.openFor(browser, client, { path: "/shared" });
    const { page } = drive;
    await page.getByText("Nobody shares anything with you yet.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.route("**/api/v1/links?*", (route) => route.abort());
    await page.getByRole("link", { name: "Links" }).click();
    await page.getByRole("alert").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.unroute("**/api/v1/links?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("You have made no links yet.").waitFor();
    expect(drive.faults).toEqual([expect.stringContaining("ERR_FAILED")]);
    await drive.close();
  });

  test("makes a group, shares with it, and lets a member leave", async () => {
    const client = await world().member();
    const member = await world().member();
    const name = await usernameOf(member);
    const folder = await client.makeFolder("Plans");
    await client.post("/api/v1/links", { entryId: folder.id, permission: "view" });
    const drive = await DrivePage.openFor(browser, client, { path: "/shared" });
    const { page } = drive;
    await page.getByLabel("Name of a new group").fill("Family");
    await page.keyboard.press("Enter");
    const group = page.getByRole("article", { name: "Family" });
    await group.getByLabel("Username of a new member").fill(name);
    await page.keyboard.press("Enter");
    await group.getByRole("list", { name: "Members of “Family”" }).getByText(name).waitFor();
    expect(await violationsOf(page)).toEqual([]);

    await page.getByRole("link", { name: "Links" }).click();
    await page.getByRole("button", { name: "Share “Plans”" }).click();
    await page.getByRole("tab", { name: "People" }).click();
    await page.getByLabel("Share with").selectOption({ label: "Family" });
    await page.getByRole("tabpanel").getByRole("button", { name: "Share" }).click();
    await page.getByText("Shared with Family.").waitFor();

    const theirs = await DrivePage.openFor(browser, member, { path: "/shared" });
    await theirs.page.getByText("Group: Family").waitFor();
    await theirs.page.getByRole("button", { name: "Add to my files" }).click();
    await theirs.page.getByText("“Plans” is in your files.").waitFor();
    await theirs.page.getByRole("button", { name: "Leave the group “Family”" }).click();
    await theirs.page.getByRole("button", { name: "Leave", exact: true }).click();
    await theirs.page.getByText("The group is not in your list any more.").waitFor();
    await theirs.page.reload();
    await theirs.page.getByText("Nobody shares anything with you yet.").waitFor();
    expect([...theirs.faults, ...drive.faults]).toEqual([]);
    await theirs.close();
    await drive.close();
  });
});

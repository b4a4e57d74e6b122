import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";
import { FilesPage } from "./files-page.js";

const { describe, test } = needs("browser");
const world = useWorld();

let browser: Browser;

describe("The details of a file on the page for people", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  test("show digest, steps and access, keep tags and a description, and restore a version", async () => {
    const client = await world().member();
    const { id, sha256 } = await client.store("report.txt", "first");
    await client.store("report.txt", "second");
    await client.post("/api/v1/links", { entryId: id, permission: "view", label: "For Ada" });
    await world().settle();
    const drive = await DrivePage.openFor(browser, client);
    const { page } = drive;
    const files = new FilesPage(page);
    await files.row("report.txt").click();
    await page.keyboard.press("i");
    const pane = page.getByRole("complementary", { name: "Details" });
    await pane.getByText("For Ada").waitFor();
    await pane.getByText("Find the type").waitFor();

    await pane.getByLabel("New tag").fill("taxes, 2026");
    await pane.getByRole("button", { name: "Add" }).click();
    await pane.getByRole("link", { name: "taxes" }).waitFor();
    await pane.getByLabel("Description", { exact: true }).fill("For the office");
    await pane.getByRole("button", { name: "Save" }).click();
    await pane.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    await pane.getByRole("button", { name: /^Restore the version/ }).click();
    await pane.getByText(sha256).waitFor();
    await page.reload();
    await pane.getByText(sha256).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violationsOf(page)).toEqual([]);

    const { json } = await client.get(`/api/v1/files/${id}/metadata`);
    expect(json).toMatchObject({ tags: ["2026", "taxes"], description: "For the office", sha256 });
    expect(drive.faults).toEqual([]);
    await drive.close();
  });
});

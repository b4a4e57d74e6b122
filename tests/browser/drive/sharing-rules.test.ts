import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";

const { describe, test } = needs("browser");
const world = useWorld();
const DAY_MS = 86_400_000;
const PASSWORD = "five-green-kites";

let browser: Browser;

describe("The rules of the operator for links, on the page for people", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  test("choose what the form offers, and are told where they refuse", async () => {
    const rules = { linkPasswordRoles: ["member"], longestLinkMs: 8 * DAY_MS } as const;
    const url = await world().addWeb({ ...rules, linkPermissions: ["view", "upload"] });
    const client = await world().person("member", url);
    const { id: entryId } = await client.makeFolder("Plans");
    const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
    const first = { permission: "view", password: PASSWORD, expiresAt };
    await client.post("/api/v1/links", { entryId, ...first });
    const drive = await DrivePage.openFor(browser, client, { path: "/links" });
    const { page } = drive;
    await page.getByRole("button", { name: "Share “Plans”" }).click();
    const form = page.getByRole("dialog").getByRole("region", { name: "New link" });
    await page.getByRole("button", { name: "New link" }).click();

    const offered = (label: string) => form.getByLabel(label).locator("option").allTextContents();
    expect(await offered("People with the link may")).toEqual([
      "look at it",
      "only upload, and see nothing",
    ]);
    expect(await offered("Valid")).toEqual(["for a day", "for a week", "until a day"]);
    await form.getByText("On this server, links need a password.").waitFor();
    await form.getByRole("button", { name: "Make link" }).click();
    await form.getByText("Choose another password").waitFor();

    await form.getByLabel("Password").fill("password123");
    await form.getByRole("button", { name: "Make link" }).click();
    await form.getByText("Choose another password").waitFor();
    await form.getByLabel("Password").fill(PASSWORD);
    await form.getByLabel("Valid").selectOption({ label: "until a day" });
    await form.getByLabel("Last day").fill("2199-12-31");
    await form.getByRole("button", { name: "Make link" }).click();
    await form.getByText("Choose a day in the future").waitFor();
    expect(await violationsOf(page)).toEqual([]);

    await form.getByLabel("Valid").selectOption({ label: "for a week" });
    await form.getByRole("button", { name: "Make link" }).click();
    await page.getByText("The link is made.").waitFor();
    const refusals = /Failed to load resource.*400/;
    expect(drive.faults.filter((fault) => !refusals.test(fault))).toEqual([]);
    await drive.close();
  });
});

import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { violationsOf } from "../accessibility.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";

const { describe, test } = needs("browser");
const world = useWorld();

let browser: Browser;

describe("The entrance of the page for people", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  test("lets somebody register, sign out, and sign in again, and keeps them signed in", async () => {
    const drive = await DrivePage.open(browser, world().url);
    const { page } = drive;
    expect(await violationsOf(page)).toEqual([]);

    const { username, password } = await drive.register();
    await page.getByText("This folder is empty.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByText(username, { exact: true }).waitFor();
    await page.reload();
    await page.getByText(username, { exact: true }).waitFor();

    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  test("says that a password is wrong, in the language of the browser", async () => {
    const drive = await DrivePage.open(browser, world().url, { locale: "de-DE" });
    const { page } = drive;
    await page.getByLabel("Benutzername").fill("somebody");
    await page.getByLabel("Passwort").fill("a wrong password");
    await page.getByRole("button", { name: "Anmelden" }).click();

    expect(await page.getByRole("alert").textContent()).toBe(
      "Der Benutzername oder das Passwort ist falsch.",
    );
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    await drive.close();
  });

  test("loads at most 40 KiB of compressed script", async () => {
    const page = await (await browser.newContext()).newPage();
    const sizes: Promise<number>[] = [];
    page.on("requestfinished", (request) => {
      if (request.resourceType() === "script") {
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
      }
    });
    await page.goto(`${world().url}/drive`);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    const sum = (await Promise.all(sizes)).reduce((total, size) => total + size, 0);

    expect(sum).toBeGreaterThan(1000);
    expect(sum).toBeLessThanOrEqual(40 * 1024);
    await page.context().close();
  });
});

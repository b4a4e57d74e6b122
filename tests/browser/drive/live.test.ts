import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { Client } from "../../support/client.js";
import { needs } from "../../support/needs.js";
import { useWorld } from "../../support/use-world.js";
import { openBrowser } from "../docs-page.js";
import { DrivePage } from "./drive-page.js";

const { describe, test } = needs("browser");
const world = useWorld();

let browser: Browser;

/** A browser without windows shows all pages. This says otherwise, as a browser with tabs does. */
const setVisibility = (page: Page, state: "hidden" | "visible") =>
  page.evaluate(
    `Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
     document.dispatchEvent(new Event("visibilitychange"));`,
  );

describe("What other clients do", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  test("is shown without a reload: what is made, renamed and deleted", async () => {
    const drive = await DrivePage.open(browser, world().url);
    const { page } = drive;
    const credentials = await drive.register();
    await page.getByText("This folder is empty.").waitFor();
    const client = new Client(world().url);
    await client.post("/api/v1/login", credentials);

    const { id } = await client.makeFolder("Holidays");
    await page.getByText("Holidays").first().waitFor();
    await client.patch(`/api/v1/folders/${id}`, { name: "Mountains" });
    await page.getByText("Mountains").first().waitFor();
    await client.delete(`/api/v1/folders/${id}`);
    await page.getByText("This folder is empty.").waitFor();

    expect(await page.getByText("Holidays").count()).toBe(0);
    expect(drive.faults).toEqual([]);
    await drive.close();
  });

  test("is not followed while the page is in the background, and shown when it is seen again", async () => {
    const drive = await DrivePage.open(browser, world().url);
    const { page } = drive;
    const credentials = await drive.register();
    await page.getByText("This folder is empty.").waitFor();
    const client = new Client(world().url);
    await client.post("/api/v1/login", credentials);
    await client.makeFolder("Lakes");
    await page.getByText("Lakes").first().waitFor();

    const isEnded = page.waitForEvent("requestfailed", (request) =>
      request.url().includes("/events"),
    );
    await setVisibility(page, "hidden");
    await isEnded;
    await client.makeFolder("Rivers");
    await setVisibility(page, "visible");
    await page.getByText("Rivers").first().waitFor();

    expect(drive.faults).toEqual([]);
    await drive.close();
  });
});

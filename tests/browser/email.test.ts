import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { linkTo, mailedTo, newPerson, setEmail, shownEmail } from "../support/mail-world.js";
import { needs } from "../support/needs.js";
import { freePort } from "../support/processes.js";
import { SmtpSink } from "../support/smtp-sink.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";

const sink = await SmtpSink.start();
const port = await freePort();
// The browser says that it is there, and another origin is refused.
const publicUrl = new URL(`http://127.0.0.1:${port}`);
const world = useWorld({ ...mailedTo(sink), port, publicUrl });
const withBrowser = needs("browser");

/** A narrow and a wide screen, without script. */
const DEVICES: readonly (readonly [string, BrowserContextOptions])[] = [
  ["narrow", { viewport: { width: 320, height: 640 }, javaScriptEnabled: false }],
  ["wide", { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false }],
];

let browser: Browser;

withBrowser.describe("The page of a link that confirms an address", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await sink.close();
  });

  withBrowser.test.each(DEVICES)("works without script on a %s screen", async (_title, device) => {
    const { client, email } = await newPerson(world());
    await setEmail(client, email);
    const url = world().url + (await linkTo(world(), sink, email));
    const page = await (await browser.newContext(device)).newPage();

    await page.goto(url);
    expect(await page.textContent("main")).toContain(email);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(device.viewport?.width ?? 0);
    expect(await shownEmail(client)).toMatchObject({ email: null, pendingEmail: email });
    await page.getByRole("button", { name: "Confirm the address" }).click();

    expect(await page.textContent("h1")).toBe("Your address is confirmed");
    expect(await shownEmail(client)).toMatchObject({ email, isEmailVerified: true });
    await page.goto(url);
    expect(await page.textContent("main")).toContain("There is no such link");
  });
});

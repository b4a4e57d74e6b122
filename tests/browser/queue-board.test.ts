import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";

const world = useWorld({}, { isDamaged: true });
const withBrowser = needs("browser");

let browser: Browser;

withBrowser.describe("The board of queues, in a browser", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  withBrowser.test(
    "shows an admin what waits, asks no other host, and changes nothing",
    async () => {
      const admin = await world().person("admin");
      await admin.store("a.txt", "some text");
      const context = await browser.newContext();
      await context.addCookies(
        admin.cookie.split("; ").map((cookie) => {
          const [, name = "", value = ""] = /^([^=]+)=(.*)$/.exec(cookie) ?? [];
          return { name, value, url: world().url };
        }),
      );
      const page = await context.newPage();
      const [faults, asked]: [string[], Set<string>] = [[], new Set()];
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      page.on("request", (request) => asked.add(new URL(request.url()).origin));

      await page.goto(`${world().url}/admin/queues`);
      await page.getByRole("link", { name: "jobs" }).first().click();
      await page.getByText("version.process").first().waitFor();

      expect(page.url()).toContain("/admin/queues/queue/jobs");
      expect([...asked]).toEqual([world().url]);
      expect(faults).toEqual([]);
      expect(await page.getByRole("button", { name: /pause|add job|clean|retry/i }).count()).toBe(
        0,
      );
      await page.reload();
      await page.getByText("version.process").first().waitFor();
      await context.close();
    },
  );
});

import { expect } from "@jest/globals";
import { needs } from "../support/needs.js";
import { useOidcWorld } from "../support/oidc-world.js";
import { openBrowser } from "./docs-page.js";

const { describe, test } = needs("browser");

const { issuer, world } = await useOidcWorld();

describe("In a browser, single sign-on", () => {
  test("leads to the provider and back, signed in", async () => {
    issuer.people.set(issuer.subject, { preferred_username: "alice.of.chromium" });
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();

      await page.goto(`${world().url}/api/v1/login/oidc?returnTo=/docs`);
      const me = await page.evaluate(async () => (await fetch("/api/v1/me")).text());

      expect(new URL(page.url()).pathname).toBe("/docs");
      expect(JSON.parse(me)).toMatchObject({ username: "alice.of.chromium" });
    } finally {
      await browser.close();
    }
  });

  test("shows a page when it was not begun here", async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();

      const answer = await page.goto(`${world().url}/api/v1/login/oidc/callback?code=a&state=b`);

      expect(answer?.status()).toBe(400);
      expect(answer?.headers()["content-type"]).toMatch(/text\/html/);
      expect(await page.textContent("body")).toMatch(/begin again/i);
    } finally {
      await browser.close();
    }
  });
});

import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { setupToken } from "../../common/registration/setup-token.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { openBrowser } from "./docs-page.js";

const world = useWorld();
const withBrowser = needs("browser");

let browser: Browser;

/** A narrow screen in the dark, in a browser without script. */
const DEVICE: BrowserContextOptions = {
  viewport: { width: 320, height: 640 },
  colorScheme: "dark",
  javaScriptEnabled: false,
};

withBrowser.describe("The pages with a form, without script", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  withBrowser.test("make the first admin, and give somebody a new password", async () => {
    const context = await browser.newContext(DEVICE);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(message.text());
    });

    await page.goto(`${world().url}/setup/${setupToken(world().config.sessionSecrets[0] ?? "")}`);
    await page.getByLabel("Username").fill("alice");
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button").click();
    // The browser itself refuses what is too short.
    expect(page.url()).toContain("/setup/");
    const { x, width } = (await page.getByRole("button").boundingBox()) ?? { x: -1, width: 0 };
    expect(x).toBeGreaterThan(0);
    expect(x + width).toBeLessThan(320);
    await page.getByLabel("Password").fill("password123");
    await page.getByRole("button").click();
    await page.getByText("too easy to guess").waitFor();
    const field = page.getByLabel("Password");
    expect(await page.locator("input:focus").getAttribute("id")).toBe("password");
    expect(await field.getAttribute("aria-describedby")).toBe("password-fault");
    expect(await page.getByLabel("Username").inputValue()).toBe("alice");
    await page.getByLabel("Password").fill("seven-purple-owls");
    await page.getByRole("button").click();
    await page.waitForURL("**/drive?signed-in");

    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const me = await world().visitor().get("/api/v1/me", { Cookie: cookie });
    expect(me.json).toMatchObject({ username: "alice", role: "admin" });

    const { token } = await world().services.passwordResets.create(me.json.id);
    await page.goto(`${world().url}/password-reset/${token}`);
    await page.getByLabel("New password").fill("seven-purple-owls4");
    await page.getByRole("button").click();
    await page.getByText("Your password is changed").waitFor();
    const again = { username: "alice", password: "seven-purple-owls4" };
    expect((await world().visitor().post("/api/v1/login", again)).status).toBe(200);
    // Browsers say so of the form that was refused.
    expect(faults.filter((text) => !text.includes("status of 400"))).toEqual([]);
    await context.close();
  });
});

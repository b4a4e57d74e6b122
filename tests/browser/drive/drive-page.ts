import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Client, somebody } from "../../support/client.js";

const REPORT_VIOLATIONS =
  'addEventListener("securitypolicyviolation", (e) => console.error("CSP", e.violatedDirective, e.blockedURI))';

interface Opened extends BrowserContextOptions {
  /** Below `/drive`, with a slash. */
  readonly path?: string;
}

/** The page for people, used as a person uses it. */
export class DrivePage {
  readonly page: Page;
  readonly origin: string;
  /** What must not happen: requests to other hosts, errors on the console, violations of the policy. */
  readonly faults: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
    page.on("request", (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      const isOurs = protocol === "data:" || protocol === "blob:" || asked === origin;
      if (!isOurs) this.faults.push(`request to ${request.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.faults.push(`script: ${error.message}`));
  }

  /** Opens the page in a context of its own. */
  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    await page.addInitScript(REPORT_VIOLATIONS);
    const drive = new DrivePage(page, origin);
    await page.goto(`${origin}/`);
    return drive;
  }

  /** Opens the page for a client that is signed in, at a path below `/drive`. */
  static async openFor(browser: Browser, client: Client, { path = "", ...options }: Opened = {}) {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const cookies = client.cookie.split("; ").map((pair) => {
      const [name = ""] = pair.split("=");
      return { name, value: pair.slice(name.length + 1), url: client.url };
    });
    await context.addCookies(cookies);
    await context.addInitScript('localStorage.setItem("stowage.session", "1")');
    const page = await context.newPage();
    await page.addInitScript(REPORT_VIOLATIONS);
    const drive = new DrivePage(page, client.url);
    await page.goto(`${client.url}/drive${path}`);
    return drive;
  }

  /** Registers on the page. @returns The credentials. */
  async register(): Promise<{ readonly username: string; readonly password: string }> {
    const credentials = somebody();
    await this.page.getByRole("link", { name: "Create one" }).click();
    await this.page.getByLabel("Username").fill(credentials.username);
    await this.page.getByLabel("Password").fill(credentials.password);
    await this.page.getByRole("button", { name: "Create account" }).click();
    await this.page.getByRole("navigation").waitFor();
    return credentials;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

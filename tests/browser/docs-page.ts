import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Locator,
  type Page,
} from "playwright-core";
import { findChromium, NPM_CHROMIUM } from "../support/programs.js";

/** Chromium that asks nobody for anything by itself. @param options - `downloadsPath`: the folder for what it downloads. */
export async function openBrowser(
  options: Pick<LaunchOptions, "downloadsPath"> = {},
): Promise<Browser> {
  return chromium.launch({
    ...options,
    executablePath: findChromium() ?? (await unpackChromium()),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/** The browser of the package, with the libraries that bare machines lack. @returns its path. */
async function unpackChromium(): Promise<string> {
  // It brings its libraries where it takes the machine for AWS Lambda.
  process.env["AWS_LAMBDA_JS_RUNTIME"] ??= "nodejs22.x";
  const { default: packed } = (await import(NPM_CHROMIUM)) as {
    default: { executablePath: () => Promise<string> };
  };
  return packed.executablePath();
}

/** An answer as the page shows it. */
export interface ShownAnswer {
  readonly status: number;
  /** What the page shows of the body; empty where it shows a link or a picture instead. */
  readonly text: string;
}

/** A file to choose in a form. */
export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The docs page, used as a person would use it. */
export class DocsPage {
  readonly page: Page;
  /** Everything that must not happen: requests to other hosts, errors on the console, violations of the policy. */
  readonly faults: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    page.on("request", (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      const isOutside = protocol !== "data:" && protocol !== "blob:" && asked !== origin;
      if (isOutside) this.faults.push(`request to ${request.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.faults.push(`script: ${error.message}`));
  }

  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const docs = new DocsPage(page, origin);
    await page.addInitScript(
      'addEventListener("securitypolicyviolation", (e) => console.error("CSP", e.violatedDirective, e.blockedURI))',
    );
    await page.goto(`${origin}/docs`);
    await page.locator(".opblock-tag-section").first().waitFor();
    return docs;
  }

  /** The block of an operation, by its tag and id. */
  operation(tag: string, id: string): Operation {
    const section = this.page.locator(".opblock-tag-section", {
      has: this.page.locator(`#operations-tag-${tag}`),
    });
    return new Operation(section, this.page.locator(`#operations-${tag}-${id}`));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** One operation of the page. */
export class Operation {
  readonly #section: Locator;
  readonly block: Locator;

  constructor(section: Locator, block: Locator) {
    this.#section = section;
    this.block = block;
  }

  /** Opens the section, where it is not. */
  async showBlock(): Promise<void> {
    if (!(await this.block.isVisible())) await this.#section.locator(".opblock-tag").click();
    await this.block.waitFor();
  }

  /** Opens the section and the block, and clicks *Try it out*. */
  async tryItOut(): Promise<void> {
    await this.showBlock();
    await this.block.locator(".opblock-summary-control").click();
    await this.block.locator(".try-out__btn").click();
  }

  async setParameter(name: string, value: string): Promise<void> {
    const row = this.block.locator(`tr[data-param-name="${name}"]`);
    await row.locator("input").fill(value);
  }

  /** Chooses files, one per row of the form. */
  async chooseFiles(files: readonly ChosenFile[]): Promise<void> {
    const choosers = this.block.locator('input[type="file"]');
    for (const [index, file] of files.entries()) {
      if ((await choosers.count()) <= index) {
        await this.block.locator(".json-schema-form-item-add").click();
      }
      await choosers.nth(index).setInputFiles(file);
    }
  }

  async setBody(value: object): Promise<void> {
    await this.block.locator("textarea.body-param__text").fill(JSON.stringify(value));
  }

  /** Clicks *Execute* and reads the answer from the page. */
  async execute(): Promise<ShownAnswer> {
    // An earlier answer would be taken for the one to come.
    const clear = this.block.locator(".btn-clear");
    if (await clear.isVisible()) await clear.click();
    await this.block.locator(".execute").click();
    const row = this.block.locator(".live-responses-table .response");
    await row.waitFor();
    const status = await row.locator(".response-col_status").innerText();
    const body = row.locator(".response-col_description > div .microlight").first();
    const text = (await body.count()) > 0 ? await body.innerText() : "";
    return { status: Number.parseInt(status, 10), text };
  }

  /** Clicks the link to the downloaded file; its name and bytes. */
  async saveFile(): Promise<{ name: string; content: Buffer }> {
    const [download] = await Promise.all([
      this.block.page().waitForEvent("download"),
      this.block.locator(".live-responses-table a[download]").click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), content: Buffer.concat(chunks) };
  }
}

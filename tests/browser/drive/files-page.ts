import type { Locator, Page } from "playwright-core";

/** A list of files on the page for people, as a person sees it. */
export class FilesPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The line or tile of a file or folder. */
  row(name: string): Locator {
    return this.page.getByRole("row").filter({ has: this.link(name) });
  }

  link(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Selects a row beside those that are selected. */
  async select(name: string): Promise<void> {
    await this.page.getByLabel(`Select ${name}`, { exact: true }).click();
  }

  /** Waits until a name is in the list, or not in it. */
  async expects(name: string, state: "visible" | "detached" = "visible"): Promise<void> {
    await this.link(name).waitFor({ state });
  }

  /** Chooses from the menu of a row. */
  async choose(name: string, command: string): Promise<void> {
    await this.row(name).click({ button: "right" });
    await this.page.getByRole("menuitem", { name: command }).click();
  }

  /** The names that the list shows, in order. */
  async names(): Promise<readonly string[]> {
    return this.page.locator("[data-index] a").allTextContents();
  }
}

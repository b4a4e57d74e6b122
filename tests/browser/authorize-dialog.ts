import type { Locator, Page } from "playwright-core";

/** The *Authorize* dialog of the docs page. It is open while one of its methods works, and closed between them. */
export class AuthorizeDialog {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The text of the whole dialog. */
  async text(): Promise<string> {
    await this.#open();
    const text = await this.#page.locator(".modal-ux").innerText();
    await this.#close();
    return text;
  }

  /** The names of the schemes that one can fill in. */
  async schemes(): Promise<string[]> {
    await this.#open();
    const names = await this.#page.locator(".auth-container h4 code").allInnerTexts();
    await this.#close();
    return names;
  }

  /** The scheme whose field has the focus when the dialog opens. */
  async focused(): Promise<string> {
    await this.#open();
    const form = this.#page.locator(".auth-container:has(input:focus)");
    const name = await form.locator("h4 code").innerText();
    await this.#close();
    return name;
  }

  /** Pastes a bearer credential. */
  async bearer(scheme: string, value: string): Promise<void> {
    const form = await this.#form(scheme);
    await form.locator("input").fill(value);
    await this.#submit(form);
  }

  async basic(username: string, password: string): Promise<void> {
    const form = await this.#form("basic");
    await form.locator('input[name="username"]').fill(username);
    await form.locator('input[name="password"]').fill(password);
    await this.#submit(form);
  }

  async logOut(scheme: string): Promise<void> {
    const form = await this.#form(scheme);
    await form.getByText("Logout", { exact: true }).click();
    await form.locator(".authorize").waitFor();
    await this.#close();
  }

  async #form(scheme: string): Promise<Locator> {
    await this.#open();
    const name = this.#page.locator(`h4 code:text-is("${scheme}")`);
    return this.#page.locator(".auth-container", { has: name });
  }

  async #submit(form: Locator): Promise<void> {
    await form.locator("button.authorize").click();
    await form.getByText("Logout", { exact: true }).waitFor();
    await this.#close();
  }

  async #open(): Promise<void> {
    await this.#page.locator(".auth-wrapper > .authorize").click();
    await this.#page.locator(".modal-ux").waitFor();
  }

  async #close(): Promise<void> {
    await this.#page.keyboard.press("Escape");
    await this.#page.locator(".modal-ux").waitFor({ state: "detached" });
  }
}

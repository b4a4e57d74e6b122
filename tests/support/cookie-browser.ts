/** Where a browser has come to. */
export interface Arrival {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

const MOST_REDIRECTS = 12;

/** A browser as far as cookies and redirects go: as browsers do, it sends the cookies of a host to all its ports. */
export class CookieBrowser {
  readonly #cookies = new Map<string, string>();

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Forgets the cookies of one name. */
  forget(pattern: RegExp): void {
    for (const name of this.#cookies.keys()) if (pattern.test(name)) this.#cookies.delete(name);
  }

  /** One request. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Cookie: this.cookie, ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  /** A request with JSON. */
  async sendJson(method: string, url: string, body: object) {
    const headers = { "Content-Type": "application/json" };
    const response = await this.send(url, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, json: JSON.parse(text || "{}") as Record<string, unknown> };
  }

  /** Goes to a page, and on as it is told. @param until - Stops before it goes to such an address. */
  async visit(start: string, until: (url: URL) => boolean = () => false): Promise<Arrival> {
    let url = new URL(start);
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
      if (redirects > 0 && until(url)) return { url, status: 0, text: "" };
      const response = await this.send(url.href);
      const text = await response.text();
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) {
        return { url, status: response.status, text };
      }
      url = new URL(location, url);
    }
    throw new Error("There are too many redirects");
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "" || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

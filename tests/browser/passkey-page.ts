import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";

/** What an answer of the server was, as the page saw it. */
export interface Seen {
  readonly status: number;
  readonly json: {
    readonly code?: string;
    readonly id: string;
    readonly name: string;
    readonly methods: readonly string[];
    readonly passkey: object;
    readonly recoveryCodes: readonly string[] | null;
    readonly items: readonly { readonly id: string; readonly methods: readonly string[] }[];
  };
}

/** Runs in the page, whose types no test has. */
const SCRIPT = `
  globalThis.ask = async (method, path, body) => {
    const json = body === undefined ? {} : { "Content-Type": "application/json" };
    const response = await fetch("/api/v1" + path, { method, headers: json, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, json: text === "" ? {} : JSON.parse(text) };
  };
  globalThis.makePasskey = async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  };
  globalThis.usePasskey = async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  };
`;

/** A page of the server, in a browser of its own whose authenticator is Chromium's virtual one. */
export class PasskeyPage {
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #devtools: CDPSession;
  readonly #authenticatorId: string;

  private constructor(parts: {
    context: BrowserContext;
    page: Page;
    devtools: CDPSession;
    authenticatorId: string;
  }) {
    this.#context = parts.context;
    this.#page = parts.page;
    this.#devtools = parts.devtools;
    this.#authenticatorId = parts.authenticatorId;
  }

  static async open(browser: Browser, origin: string): Promise<PasskeyPage> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(SCRIPT);
    await page.goto(`${origin}/docs`);
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new PasskeyPage({ context, page, devtools, authenticatorId });
  }

  ask(method: string, path: string, body?: object): Promise<Seen> {
    return this.#call("ask", method, path, body);
  }

  /** What the authenticator makes for options of the server. */
  make(options: object): Promise<object> {
    return this.#call("makePasskey", options);
  }

  /** What the authenticator answers to options of the server. */
  use(options: object): Promise<object> {
    return this.#call("usePasskey", options);
  }

  /** Whether the authenticator verifies its user from now on. */
  async verifyUser(isUserVerified: boolean): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    await this.#devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  }

  /** Puts a copy of the passkey in its place that has counted nothing. */
  async resetCounter(): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    const { credentials } = await this.#devtools.send("WebAuthn.getCredentials", {
      authenticatorId,
    });
    for (const credential of credentials) {
      const { credentialId } = credential;
      await this.#devtools.send("WebAuthn.removeCredential", { authenticatorId, credentialId });
      await this.#devtools.send("WebAuthn.addCredential", {
        authenticatorId,
        credential: { ...credential, signCount: 0 },
      });
    }
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  #call<T>(name: string, ...values: readonly unknown[]): Promise<T> {
    const given = values.filter((value) => value !== undefined);
    const call = `globalThis.${name}(${given.map((value) => JSON.stringify(value)).join(", ")})`;
    return this.#page.evaluate(call);
  }
}

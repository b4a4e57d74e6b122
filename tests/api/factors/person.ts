import { Secret, TOTP } from "otpauth";
import { type Answer, type Client, somebody } from "../../support/client.js";
import type { World } from "../../support/world.js";

const STEP_MS = 30_000;

/** What the answers about second factors have beside {@link Answer}'s own fields. */
export interface FactorJson {
  readonly secret: string;
  readonly uri: string;
  readonly qrCode: string;
  readonly recoveryCodes: readonly string[];
  readonly recoveryCodesLeft: number;
  readonly totp: object | null;
  readonly methods: readonly string[];
}

export const factorsIn = ({ json }: Answer) => json as unknown as FactorJson;

/** An authenticator app that knows a secret, as base32. */
export class App {
  readonly #secret: Secret;

  constructor(secret: string) {
    this.#secret = Secret.fromBase32(secret);
  }

  /**
   * The code of the time step now, or of one that is some steps away. Those of now and of the next step are still good when a step ends
   * before the server sees them.
   */
  code(steps = 0): string {
    return TOTP.generate({ secret: this.#secret, timestamp: Date.now() + steps * STEP_MS });
  }
}

/** Somebody who is signed in, and can sign in elsewhere. */
export class Person {
  readonly credentials = somebody();
  readonly browser: Client;
  readonly #world: World;

  constructor(world: World, url = world.url) {
    this.#world = world;
    this.browser = world.visitor(url);
  }

  static async register(world: World, url?: string): Promise<Person> {
    const person = new Person(world, url);
    await person.browser.post("/api/v1/register", person.credentials);
    return person;
  }

  get password(): string {
    return this.credentials.password;
  }

  /** Signs in with another browser. */
  signIn(proof: object = {}, browser = this.#world.visitor(this.browser.url)): Promise<Answer> {
    return browser.post("/api/v1/login", { ...this.credentials, ...proof });
  }

  /** A change that asks for the password, and for the second factor where there is one. */
  confirmed(method: "POST" | "DELETE", path: string, proof: object = {}): Promise<Answer> {
    return this.browser.send(method, path, { password: this.password, ...proof });
  }

  /**
   * Sets up an authenticator app, as if that had been a while ago: the codes of now and of the next step are not used up.
   *
   * @param proof - The second factor that there is already.
   */
  async setUpApp(proof: object = {}) {
    const started = await this.confirmed("POST", "/api/v1/me/totp", proof);
    const { secret } = factorsIn(started);
    const app = new App(secret);
    const confirmed = await this.browser.post("/api/v1/me/totp/confirm", { code: app.code() });
    if (confirmed.status !== 200) throw new Error(`No app: ${JSON.stringify(confirmed.json)}`);
    await this.#forgetUsedCodes();
    return { app, secret, recoveryCodes: factorsIn(confirmed).recoveryCodes };
  }

  async #forgetUsedCodes(): Promise<void> {
    const { id } = (await this.browser.get("/api/v1/me")).json;
    const factors = this.#world.mongo.db.collection<{ _id: string }>("factors");
    await factors.updateOne({ _id: id }, { $set: { "totp.lastStep": 0 } });
  }
}

/** Status and code of an answer. */
export const outcome = ({ status, json }: Answer) => [
  status,
  (json as Answer["json"] | undefined)?.code,
];

import { randomBytes } from "node:crypto";
import type { SealedSecret, SecretBox } from "../platform/secret-box.js";
import type { WebhookDoc } from "./webhook.js";

const SECRET_BYTES = 32;

/** How long the secret before signs too, after a new one was made: 24 hours, in milliseconds. */
const PREVIOUS_FOR_MS = 24 * 60 * 60_000;

/** The secrets that deliveries are signed with. They are stored encrypted, each for its webhook. */
export class WebhookSecrets {
  readonly #box: Pick<SecretBox, "seal" | "open">;

  constructor(box: Pick<SecretBox, "seal" | "open">) {
    this.#box = box;
  }

  /** A new secret. @returns It, and as it is stored. */
  create(webhookId: string): { readonly secret: Buffer; readonly sealed: SealedSecret } {
    const secret = randomBytes(SECRET_BYTES);
    return { secret, sealed: this.#box.seal(secret, webhookId) };
  }

  /** The one before goes on to sign for a day. */
  replaced({ secret }: WebhookDoc, now: Date): NonNullable<WebhookDoc["previousSecret"]> {
    return { secret, until: new Date(now.getTime() + PREVIOUS_FOR_MS) };
  }

  /** Those that sign at an instant, the newest first. @throws WebhookKeyError when this process lacks the key of one. */
  listValid({ _id, secret, previousSecret }: WebhookDoc, now: Date): Buffer[] {
    const isBefore = previousSecret !== null && now < previousSecret.until;
    const sealed = isBefore ? [secret, previousSecret.secret] : [secret];
    return sealed.map((each) => this.#box.open(each, _id));
  }
}

import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** What the answer to a challenge is good for, and nothing else. */
export type ChallengePurpose = "register" | "second-factor" | "sign-in";

/** A challenge that was given out. */
export interface Challenge {
  /** Names it, so that it is used once. */
  readonly id: string;
  readonly expiresAt: Date;
}

/** A person looks for a security key meanwhile. */
export const CHALLENGE_LIFETIME_MS = 300_000;
const ID_BYTES = 16;
const TIME_BYTES = 6;
const HEAD_BYTES = ID_BYTES + TIME_BYTES;
const KEY_BYTES = 32;

interface Options {
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  readonly now: () => Date;
}

/**
 * The challenges of WebAuthn (§13.4.3), as signed texts: a random id, an expiry, and an HMAC over both, the purpose, and whom the challenge was
 * given to. So asking for challenges stores nothing. When an answer is accepted, the id of its challenge is stored.
 */
export class Challenges {
  readonly #keys: readonly Buffer[];
  readonly #now: () => Date;

  constructor({ secrets, now }: Options) {
    this.#keys = secrets.map((secret) =>
      Buffer.from(
        hkdfSync("sha256", secret, Buffer.alloc(0), "stowage passkey challenge", KEY_BYTES),
      ),
    );
    this.#now = now;
  }

  /** @param holder - The account, or the browser, whose answer counts. @returns base64url. */
  issue(purpose: ChallengePurpose, holder: string): string {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("Challenges need a secret");
    const head = Buffer.alloc(HEAD_BYTES);
    randomBytes(ID_BYTES).copy(head);
    head.writeUIntBE(this.#now().getTime() + CHALLENGE_LIFETIME_MS, ID_BYTES, TIME_BYTES);
    return Buffer.concat([head, sign(key, head, [purpose, holder])]).toString("base64url");
  }

  /** Resolves to `undefined` where the challenge is not one of ours for this purpose and holder, or has expired. */
  read(text: string, purpose: ChallengePurpose, holder: string): Challenge | undefined {
    const bytes = Buffer.from(text, "base64url");
    if (bytes.toString("base64url") !== text) return undefined;
    const [head, mac] = [bytes.subarray(0, HEAD_BYTES), bytes.subarray(HEAD_BYTES)];
    if (head.length !== HEAD_BYTES) return undefined;
    const isOurs = this.#keys.some((key) => {
      const expected = sign(key, head, [purpose, holder]);
      return expected.length === mac.length && timingSafeEqual(expected, mac);
    });
    const expiresAt = new Date(head.readUIntBE(ID_BYTES, TIME_BYTES));
    if (!isOurs || expiresAt <= this.#now()) return undefined;
    return { id: head.subarray(0, ID_BYTES).toString("base64url"), expiresAt };
  }
}

function sign(key: Buffer, head: Buffer, texts: readonly string[]): Buffer {
  return createHmac("sha256", key).update(head).update(texts.join("\0")).digest();
}

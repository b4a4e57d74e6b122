import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The first bytes of each SHA-1 are enough to tell passwords apart. */
const DIGEST_BYTES = 8;

const LIST = new URL("static/common-passwords.bin", import.meta.url);

/** Passwords that differ only in case, or in how Unicode writes them, are as easy to guess as each other. */
export const foldPassword = (password: string) => password.normalize("NFC").toLowerCase();

/** The passwords that others guess first. The list has SHA-1 prefixes of 8 bytes in ascending order; `scripts/common-passwords.js` makes it. */
export class CommonPasswords {
  readonly #digests: Buffer;

  constructor(digests: Buffer) {
    this.#digests = digests;
  }

  /** Reads the list that belongs to the product. */
  static read(): CommonPasswords {
    return new CommonPasswords(readFileSync(LIST));
  }

  /** Whether a password is in the list, ignoring case. A binary search. */
  has(password: string): boolean {
    const wanted = createHash("sha1").update(foldPassword(password)).digest().readBigUInt64BE();
    let [from, to] = [0, this.#digests.length / DIGEST_BYTES];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const found = this.#digests.readBigUInt64BE(middle * DIGEST_BYTES);
      if (found === wanted) return true;
      if (found < wanted) from = middle + 1;
      else to = middle;
    }
    return false;
  }
}

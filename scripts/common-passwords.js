/**
 * Makes `common/accounts/static/common-passwords.bin`. The package with the passwords is needed for that alone, so it is no dependency:
 * `npm install --no-save @zxcvbn-ts/language-common@4.1.3 && node scripts/common-passwords.js`.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const LIST = fileURLToPath(
  new URL("../common/accounts/static/common-passwords.bin", import.meta.url),
);

/** Shorter ones are refused anyway. */
const MIN_CHARACTERS = 8;

/** SHA-1 prefixes of 8 bytes, in ascending order. @returns {Buffer} */
function commonPasswords() {
  /** @type {{ dictionary: Record<string, string[]> }} */
  const { dictionary } = createRequire(import.meta.url)("@zxcvbn-ts/language-common");
  const folded = (dictionary["passwords-common"] ?? [])
    .map((password) => password.normalize("NFC").toLowerCase())
    .filter((password) => Array.from(password).length >= MIN_CHARACTERS);
  const digests = [...new Set(folded)].map((password) =>
    createHash("sha1").update(password).digest().subarray(0, 8),
  );
  return Buffer.concat(digests.sort(Buffer.compare));
}

mkdirSync(dirname(LIST), { recursive: true });
writeFileSync(LIST, commonPasswords());

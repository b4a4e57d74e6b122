import { createHash, randomInt } from "node:crypto";

const CODES = 10;
const GROUPS = 4;
const GROUP_LENGTH = 4;
/** Without those that look alike. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const CODE = new RegExp(`^[${LETTERS}]{${GROUPS * GROUP_LENGTH}}$`);

/** New codes, such as `k7qm-x2pd-9fwh-tc4a`: some 79 random bits each, so that a fast hash keeps them secret. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, () =>
    Array.from({ length: GROUPS }, () =>
      Array.from({ length: GROUP_LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(
        "",
      ),
    ).join("-"),
  );
}

/** What is stored of a code; `undefined` where a text has not the form of one. Case, spaces and hyphens do not count. */
export function recoveryCodeHash(text: string): string | undefined {
  const code = text.toLowerCase().replace(/[\s-]/g, "");
  if (!CODE.test(code)) return undefined;
  return createHash("sha256").update("stowage recovery code\0").update(code).digest("base64url");
}

/** What is stored of codes that {@link newRecoveryCodes} has made. */
export function hashesOf(codes: readonly string[]): string[] {
  return codes.flatMap((code) => recoveryCodeHash(code) ?? []);
}

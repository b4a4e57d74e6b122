import { mixed, string } from "yup";
import { isUsername } from "../../common/accounts/account.js";
import { passwordFault } from "../../common/accounts/passwords.js";
import { isId } from "../../common/platform/ids.js";

/** The most items that one page of a list has, and how many it has unless the request says so. */
export const MAX_PAGE_ITEMS = 1000;
const DEFAULT_PAGE_ITEMS = 100;

/** Cursors are made by us; a longer one is none of ours. */
const CURSOR = /^[A-Za-z0-9_-]{1,4096}$/;

declare module "yup" {
  interface CustomSchemaMetadata {
    /** What a field's own tests mean in JSON Schema, for comparison with the OpenAPI document. */
    jsonSchema?: Readonly<Record<string, unknown>>;
  }
}

/** 3 to 64 of `A-Z a-z 0-9 . _ -`. */
export const username = string()
  .defined("${path} is required")
  .test("username", "${path} must be 3 to 64 of A-Z a-z 0-9 . _ -", isUsername)
  .meta({ jsonSchema: { pattern: "^[A-Za-z0-9._-]{3,64}$" } });

/** 8 to 1,024 bytes after NFC; all of them count. */
export const password = string()
  .defined("${path} is required")
  .test("password", (given, { createError }) => {
    const fault = passwordFault(given);
    return fault === undefined || createError({ message: `\${path} ${fault}` });
  })
  // In characters, which is the same for ASCII.
  .meta({ jsonSchema: { minLength: 8, maxLength: 1024 } });

/** The id of anything but a blob. In a path, a malformed one is answered 404 by `readRequest`. */
export const id = string()
  .defined("${path} is required")
  .test("id", "${path} must be an id", isId)
  .meta({ jsonSchema: { pattern: "^[A-Za-z0-9_-]{21}[AQgw]$" } });

/** The id of a folder, or the alias `root`. */
export const folderId = string().test(
  "folderId",
  "${path} must be the id of a folder, or root",
  (given) => given === undefined || given === "root" || isId(given),
);

/** How many items a page has: 1 to 1,000, 100 unless given. */
export const limit = wholeNumber({ min: 1, max: MAX_PAGE_ITEMS }).default(DEFAULT_PAGE_ITEMS);

/** Where a list goes on: the `nextCursor` of the page before. */
export const cursor = string().matches(CURSOR, "${path} must be the nextCursor of the page before");

/** A switch in a query: the word `true` or `false`, `false` unless given. */
export const flag = mixed<boolean>({
  type: "boolean",
  check: (value): value is boolean => typeof value === "boolean",
})
  .transform((value: unknown) => (value === "true" ? true : value === "false" ? false : value))
  .default(false)
  .meta({ jsonSchema: { type: "boolean" } });

/**
 * A whole number in a query, in decimal digits and nothing else: no sign, exponent, hexadecimal or fraction, and none that a
 * JavaScript number cannot hold exactly.
 */
export function wholeNumber({ min, max }: { min: number; max: number }) {
  return mixed<number>({
    type: `whole number from ${min} to ${max}`,
    check: (value): value is number =>
      Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  })
    .transform((value: unknown) =>
      typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value,
    )
    .meta({ jsonSchema: { type: "integer", minimum: min, maximum: max } });
}

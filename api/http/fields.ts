import { mixed, number, object, string } from "yup";
import { isUsername } from "../../common/accounts/account.js";
import { passwordFault } from "../../common/accounts/passwords.js";
import { parseAddress } from "../../common/mail/address.js";
import { isId } from "../../common/platform/ids.js";
import { INSTANT, parseInstant } from "./instant.js";

/** The most items that one page of a list has, and how many it has unless the request says so. */
export const MAX_PAGE_ITEMS = 1000;
const DEFAULT_PAGE_ITEMS = 100;

/** The server makes cursors; it never makes a longer one. */
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
  .test(
    "username",
    "${path} must be 3 to 64 of A-Z a-z 0-9 . _ -",
    (given: string | undefined) => given === undefined || isUsername(given),
  )
  .meta({ jsonSchema: { pattern: "^[A-Za-z0-9._-]{3,64}$" } });

/** 8 to 1,024 characters; all of them count. */
export const password = string()
  .defined("${path} is required")
  .test("password", (given: string | undefined, { createError }) => {
    const fault = given === undefined ? undefined : passwordFault(given);
    return fault === undefined || createError({ message: `\${path} ${fault}` });
  })
  .meta({ jsonSchema: { minLength: 8, maxLength: 1024 } });

const EMAIL_FORM = { maxLength: 254, pattern: "^[^@\\s]+@[^@\\s]+$" };

/** An e-mail address. */
export const email = string()
  .test(
    "email",
    "${path} must be an e-mail address, such as name@example.com",
    (given: string | null | undefined) =>
      given === undefined || given === null || parseAddress(given) !== undefined,
  )
  .meta({ jsonSchema: EMAIL_FORM });

/** The same, or `null` for none. */
export const emailOrNone = email
  .nullable()
  .meta({ jsonSchema: { type: ["string", "null"], ...EMAIL_FORM } });

/** The token of a link that somebody was given: the id of an account, and a secret. */
export const linkToken = string()
  .matches(/^[A-Za-z0-9_-]{65}$/, "${path} must be the token of the link")
  .defined("${path} is required");

/** The id of anything but a blob. In a path, a malformed one is answered 404 by `readRequest`. */
export const id = string()
  .defined("${path} is required")
  .test("id", "${path} must be an id", isId)
  .meta({ jsonSchema: { pattern: "^[A-Za-z0-9_-]{21}[AQgw]$" } });

/** The id of anything but a blob, where it may be missing. */
export const optionalId = string()
  .test("id", "${path} must be an id", (given) => given === undefined || isId(given))
  .meta({ jsonSchema: { pattern: "^[A-Za-z0-9_-]{21}[AQgw]$" } });

/** The id of a folder, or the alias `root`. */
export const folderId = string()
  .test(
    "folderId",
    "${path} must be the id of a folder, or root",
    (given) => given === undefined || given === "root" || isId(given),
  )
  .meta({ jsonSchema: { pattern: "^(root|[A-Za-z0-9_-]{21}[AQgw])$" } });

/** An instant, as this API writes them. */
export const instant = string()
  .test(
    "instant",
    "${path} must be an instant in UTC, such as 2026-01-31T09:30:00.000Z",
    (given: string | null | undefined) =>
      given === undefined || given === null || parseInstant(given) !== undefined,
  )
  .meta({ jsonSchema: { pattern: INSTANT.source } });

/** A rule about versions: a whole number of JSON, or `null` for no rule. */
const versionRule = (max: number) =>
  number()
    .nullable()
    .integer()
    .min(1)
    .max(max)
    .meta({ jsonSchema: { type: ["integer", "null"], minimum: 1, maximum: max } });

/** Which earlier versions an account keeps. What it does not name is no rule; `null` stands for the rules of the installation. */
export const versionRules = object({
  maxCount: versionRule(1_000_000),
  maxAgeDays: versionRule(36_500),
  dailyAfterDays: versionRule(36_500),
})
  .noUnknown("${path} may have maxCount, maxAgeDays and dailyAfterDays")
  .nullable()
  .default(undefined)
  .optional()
  .meta({ jsonSchema: { type: ["object", "null"] } });

/** How many items a page has: 1 to 1,000, 100 unless given. */
export const limit = wholeNumber({ min: 1, max: MAX_PAGE_ITEMS }).default(DEFAULT_PAGE_ITEMS);

/** Where a list goes on: the `nextCursor` of the page before. */
export const cursor = string().matches(CURSOR, "${path} must be the nextCursor of the page before");

/** A text that is not empty, of at most so many characters, as JSON Schema counts them. */
export const text = (maxLength: number) =>
  string()
    .min(1, "${path} must not be empty")
    .test("length", "${path} is too long", (given = "") => Array.from(given).length <= maxLength)
    .meta({ jsonSchema: { maxLength } });

/** A switch in a query: the word `true` or `false`, `false` unless given. */
export const flag = mixed<boolean>({
  type: "boolean",
  check: (value): value is boolean => typeof value === "boolean",
})
  .transform((value: unknown) => (value === "true" ? true : value === "false" ? false : value))
  .default(false)
  .meta({ jsonSchema: { type: "boolean" } });

/** The same, where the name alone (`?metadata`) means `true`. */
export const presence = flag.clone().transform((value: unknown) => (value === "" ? true : value));

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

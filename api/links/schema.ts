import { boolean, number, object, string } from "yup";
import { passwordFault } from "../../common/accounts/passwords.js";
import { BIDI_CONTROL } from "../../common/entries/name.js";
import { LINK_KINDS, LINK_STATES, PERMISSIONS } from "../../common/links/link.js";
import { cursor, folderId, id, instant, limit } from "../http/fields.js";
import { INSTANT } from "../http/instant.js";

const MOST_DOWNLOADS = 1_000_000_000;

/** As people write them: of any script, but without control characters. Pages show them, so they reorder no more than names of files do. */
const LABEL = /^[^\p{Cc}\p{Cs}]{1,100}$/u;

/** What the owner calls a link; `null` for nothing. */
export const label = string()
  .nullable()
  .test(
    "label",
    "${path} must have 1 to 100 characters, and none that control or change the direction of writing",
    (given) => typeof given !== "string" || (LABEL.test(given) && !BIDI_CONTROL.test(given)),
  )
  .meta({ jsonSchema: { type: ["string", "null"], minLength: 1, maxLength: 100 } });

/** From when on a link is not valid; `null`: never. */
export const expiresAt = instant
  .nullable()
  .meta({ jsonSchema: { type: ["string", "null"], pattern: INSTANT.source } });

const permission = string().oneOf(PERMISSIONS, "${path} must be one of ${values}");

const password = string()
  .nullable()
  .test("password", (given, { createError }) => {
    const fault = typeof given === "string" ? passwordFault(given) : undefined;
    return fault === undefined || createError({ message: `\${path} ${fault}` });
  })
  .meta({ jsonSchema: { type: ["string", "null"], minLength: 8, maxLength: 1024 } });

const maxDownloads = number()
  .nullable()
  .integer()
  .min(1)
  .max(MOST_DOWNLOADS)
  .meta({ jsonSchema: { type: ["integer", "null"], minimum: 1, maximum: MOST_DOWNLOADS } });

const notifiesFirstUse = boolean();

const kind = string().oneOf(LINK_KINDS, "${path} must be one of ${values}");

/** `POST /links`. */
export const newLink = {
  body: object({
    entryId: folderId.defined("${path} is required"),
    permission: permission.defined("${path} is required"),
    label,
    password,
    expiresAt,
    maxDownloads,
    notifiesFirstUse,
  }),
};

export const listLinks = {
  query: object({
    entryId: folderId,
    kind,
    state: string().oneOf(LINK_STATES, "${path} must be one of ${values}"),
    limit,
    cursor,
  }),
};

/** `DELETE /links`. */
export const linksOfKind = { query: object({ kind: kind.defined("${path} is required") }) };

export const oneLink = { params: object({ id }) };

/** `PATCH /links/{id}`. */
export const changedLink = {
  ...oneLink,
  body: object({
    label,
    permission,
    password,
    expiresAt,
    maxDownloads,
    isEnabled: boolean(),
    notifiesFirstUse,
  }).test("changes", "The body names nothing to change", (given) => Object.keys(given).length > 0),
};

export const linkLog = { ...oneLink, query: object({ limit, cursor }) };

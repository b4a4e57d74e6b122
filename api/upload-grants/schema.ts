import { TYPE_PATTERN } from "../../common/inspection/type-rules.js";
import { array, number, object, string } from "yup";
import { expiresAt, label } from "../links/schema.js";
import { cursor, folderId, limit } from "../http/fields.js";

const MOST_TYPES = 50;

/** Names have neither slashes nor control characters. */
const NAME_PATTERN = /^[^/\\\p{Cc}\p{Cs}]{1,255}$/u;

const most = number()
  .nullable()
  .integer()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({
    jsonSchema: { type: ["integer", "null"], minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  });

const types = array(
  string()
    .defined()
    .matches(TYPE_PATTERN, "${path} must be a media type such as image/png or image/*"),
)
  .nullable()
  .min(1, "${path} must have at least one type")
  .max(MOST_TYPES, `\${path} must have at most ${MOST_TYPES} types`)
  .meta({ jsonSchema: { type: ["array", "null"], minItems: 1, maxItems: MOST_TYPES } });

const namePattern = string()
  .nullable()
  .test(
    "namePattern",
    "${path} must have 1 to 255 characters that names may have, and * for any",
    (given) => typeof given !== "string" || NAME_PATTERN.test(given),
  )
  .meta({ jsonSchema: { type: ["string", "null"], minLength: 1, maxLength: 255 } });

/** `POST /upload-grants`. */
export const newGrant = {
  body: object({
    folderId: folderId.defined("${path} is required"),
    maxFileBytes: most,
    maxBytes: most,
    maxFiles: most,
    types,
    namePattern,
    label,
    expiresAt,
  }),
};

/** `GET /upload-grants/current/files`. */
export const listGrantFiles = { query: object({ grant: string(), limit, cursor }) };

import { array, object, string } from "yup";
import { type Scope, SCOPES } from "../../common/accounts/role.js";
import { parseAddressRange } from "../../common/credentials/address-ranges.js";
import { isId } from "../../common/platform/ids.js";
import { secondFactorFields } from "../accounts/schema.js";
import { cursor, id, instant, limit } from "../http/fields.js";
import { INSTANT } from "../http/instant.js";

const MOST_RANGES = 20;

/** As people write them: of any script, but without control characters. */
const NAME = /^[^\p{Cc}\p{Cs}]{1,64}$/u;

const name = string()
  .test(
    "name",
    "${path} must have 1 to 64 characters, and no control characters",
    (given) => given === undefined || NAME.test(given),
  )
  .meta({ jsonSchema: { minLength: 1, maxLength: 64 } });

const scopes = array(string<Scope>().defined().oneOf(SCOPES, "${path} must be one of ${values}"))
  .min(1, "${path} must have at least one scope")
  .max(SCOPES.length, `\${path} must have at most ${SCOPES.length} scopes`)
  .meta({ jsonSchema: { minItems: 1, maxItems: SCOPES.length } });

const addressRanges = array(
  string()
    .defined()
    .test(
      "addressRange",
      "${path} must be a range in CIDR notation, such as 192.0.2.0/24 or 2001:db8::/32",
      (given) => parseAddressRange(given) !== undefined,
    ),
)
  .nullable()
  .min(1, "${path} must have at least one range")
  .max(MOST_RANGES, `\${path} must have at most ${MOST_RANGES} ranges`)
  .meta({ jsonSchema: { type: ["array", "null"], minItems: 1, maxItems: MOST_RANGES } });

const expiresAt = instant
  .nullable()
  .meta({ jsonSchema: { type: ["string", "null"], pattern: INSTANT.source } });

const rootFolderId = string()
  .nullable()
  .test(
    "id",
    "${path} must be the id of a folder",
    (given) => given === undefined || given === null || isId(given),
  )
  .meta({ jsonSchema: { type: ["string", "null"], pattern: "^[A-Za-z0-9_-]{21}[AQgw]$" } });

/** `GET /api-keys`. */
export const listApiKeys = { query: object({ limit, cursor }) };

/** `POST /api-keys`. */
export const newApiKey = {
  body: object({
    name: name.defined("${path} is required"),
    scopes: scopes.defined("${path} is required"),
    expiresAt,
    rootFolderId,
    addressRanges,
    ...secondFactorFields,
  }),
};

export const oneApiKey = { params: object({ id }) };

/** `PATCH /api-keys/{id}`. */
export const changedApiKey = {
  ...oneApiKey,
  body: object({ name, scopes, expiresAt, addressRanges, ...secondFactorFields }),
};

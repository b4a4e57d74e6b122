import { object, string } from "yup";
import type { UploadIntent } from "../../common/uploads/upload.js";
import { SORT_ORDERS } from "../../common/entries/listing.js";
import { cursor, flag, folderId, id, instant, limit, text } from "../http/fields.js";
import { INSTANT } from "../http/instant.js";
import { metadataFields } from "./metadata.js";

/** One media type, or a family of them such as `image/*`; lower case. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/([a-z0-9][a-z0-9!#$&^_.+-]{0,126}|\*)$/;

/** Which entries of a folder to list. */
export const listQuery = object({
  limit,
  cursor,
  sort: string().oneOf(SORT_ORDERS, "${path} must be one of ${values}").default("-date"),
  name: text(255),
  type: string().matches(MEDIA_TYPE, "${path} must be a media type such as image/png or image/*"),
  total: flag,
});

export const listFiles = { query: listQuery };

export const oneFile = { params: object({ id }) };

/** `POST /files/{id}/copy`. Beside the file, under its name, with a number where that is taken, unless the request says otherwise. */
export const copyFile = {
  ...oneFile,
  body: object({
    folderId,
    name: string(),
    onConflict: string().oneOf(
      ["version", "rename", "fail"] as const satisfies UploadIntent["onConflict"][],
      "${path} must be one of ${values}",
    ),
  }),
};

/** `sha256`: which versions have this content. */
export const listVersions = {
  ...oneFile,
  query: object({
    limit,
    cursor,
    sha256: string().matches(/^[0-9a-f]{64}$/, "${path} must be 64 lower-case hexadecimal digits"),
  }),
};

export const oneVersion = { params: object({ id, versionId: id }) };

/** Counted as JSON Schema counts. */
const isLabel = (text: string) =>
  text !== "" && Array.from(text).length <= 255 && !/[\p{Cc}\p{Cs}]/u.test(text);

export const changeVersion = {
  ...oneVersion,
  body: object({
    label: string()
      .nullable()
      .defined("${path} is required")
      .test(
        "label",
        "${path} must have 1 to 255 characters, and no control characters",
        (given) => given === null || isLabel(given),
      )
      .meta({ jsonSchema: { type: ["string", "null"], minLength: 1, maxLength: 255 } }),
  }),
};

/** Whether something is removed for good at once, instead of moved to the trash. */
export const removalQuery = object({ permanent: flag });

export const deleteFile = { ...oneFile, query: removalQuery };

/** What happens when something else has the name that a file or folder is to have. */
export const moveQuery = object({
  onConflict: string()
    .oneOf(["rename", "fail"] as const, "${path} must be one of ${values}")
    .default("fail" as const),
  dryRun: flag,
});

/** `PATCH /files/{id}`. Which names are valid, the service decides. */
export const fileChange = {
  ...oneFile,
  query: moveQuery,
  body: object({
    ...metadataFields,
    name: string(),
    folderId,
    modifiedAt: instant
      .nullable()
      .meta({ jsonSchema: { type: ["string", "null"], pattern: INSTANT.source } }),
  }),
};

import { number, object } from "yup";
import { PREVIEW_SIZES, type PreviewSize } from "../../common/storage/preview.js";
import { id, optionalId } from "../http/fields.js";

const params = object({ id });

/** Which preview. */
export const previewSize = number<PreviewSize>()
  .integer()
  .oneOf(PREVIEW_SIZES, "${path} must be one of ${values}")
  .default(256)
  .meta({ jsonSchema: { type: "integer" } });

/** `GET /files/{id}/preview`. Without `versionId`: of the version that the file shows. */
export const onePreview = {
  params,
  query: object({
    size: previewSize,
    versionId: optionalId,
  }),
};

const MOST_TEXT_BYTES = 1024 ** 2;
const USUAL_TEXT_BYTES = 64 * 1024;

/** `GET /files/{id}/text`. */
export const oneText = {
  params,
  query: object({
    bytes: number()
      .integer("${path} must be a whole number")
      .min(1, "${path} must be at least ${min}")
      .max(MOST_TEXT_BYTES, "${path} must be at most ${max}")
      .default(USUAL_TEXT_BYTES)
      .meta({ jsonSchema: { type: "integer", minimum: 1, maximum: MOST_TEXT_BYTES } }),
    versionId: optionalId,
  }),
};

import { number, object } from "yup";
import { PREVIEW_SIZES, type PreviewSize } from "../../common/storage/preview.js";
import { id, optionalId } from "../http/fields.js";

const params = object({ id });

/** `GET /files/{id}/preview`. Without `versionId`: of the version that the file shows. */
export const onePreview = {
  params,
  query: object({
    size: number<PreviewSize>()
      .integer()
      .oneOf(PREVIEW_SIZES, "${path} must be one of ${values}")
      .default(256)
      .meta({ jsonSchema: { type: "integer" } }),
    versionId: optionalId,
  }),
};

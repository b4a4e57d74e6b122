import { array, object } from "yup";
import { folderId, id } from "../http/fields.js";

/** What one request may choose. */
const MAX_IDS = 1000;

/** `POST /archives`: either entries, or all that is in a folder. */
export const newArchive = {
  body: object({
    ids: array(id)
      .min(1, "${path} must not be empty")
      .max(MAX_IDS, `\${path} may have at most ${MAX_IDS} ids`),
    folderId,
  }).test(
    "either",
    "The body must have either ids or folderId",
    (given) => (given.ids === undefined) !== (given.folderId === undefined),
  ),
};

export const oneArchive = { params: object({ id }) };

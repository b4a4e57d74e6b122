import { array, object } from "yup";
import { operationSchema } from "../batch/schema.js";
import { cursor, folderId, id, limit } from "../http/fields.js";
import { searchFields } from "../search/schema.js";

/** What one job may have as a list. */
const MAX_IDS = 10_000;

const search = object(searchFields).noUnknown(true, "${path} has unknown fields: ${unknown}");

const selection = object({
  ids: array(id)
    .min(1, "${path} must not be empty")
    .max(MAX_IDS, `\${path} may have at most ${MAX_IDS} ids`),
  folderId,
  search: search.default(undefined),
})
  .noUnknown(true, "${path} has unknown fields: ${unknown}")
  .test(
    "selection",
    "${path} must have one of ids, folderId and search",
    (given) => Object.values(given).filter((value) => value !== undefined).length === 1,
  )
  .default(undefined)
  .required("${path} is required");

/** `POST /jobs`. */
export const newJob = {
  largestBodyBytes: 1024 ** 2,
  body: object({ selection, operation: operationSchema({}) }),
};

export const listJobs = { query: object({ limit, cursor }) };

export const oneJob = { params: object({ id }) };

export const listJobItems = { ...oneJob, query: object({ limit, cursor }) };

import { object } from "yup";
import { removalQuery } from "../files/schema.js";
import { instant, presence } from "../http/fields.js";
import { uploadQuery } from "../uploads/answer.js";

/** What of a request by path is checked here. The path itself is no parameter of a form that a schema can have. */
export const readByPath = { query: object({ metadata: presence }) };

const { onConflict } = uploadQuery;

export const putByPath = {
  query: object({ onConflict, parents: presence, modifiedAt: instant }),
};

export const deleteByPath = { query: removalQuery };

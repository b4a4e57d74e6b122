import { number, object } from "yup";
import { limit } from "../http/fields.js";

/** The number of an event; 0 is before the first. */
export const since = number()
  .integer("${path} must be a whole number")
  .min(0, "${path} must be at least 0")
  .max(Number.MAX_SAFE_INTEGER, `\${path} must be at most ${Number.MAX_SAFE_INTEGER}`)
  .meta({ jsonSchema: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } });

export const listChanges = { query: object({ since, limit }) };

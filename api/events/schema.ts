import { number, object, string } from "yup";
import { isTypePattern } from "../../common/events/type-filter.js";
import { limit, wholeNumber } from "../http/fields.js";

/** The number of an event; 0 is before the first. */
export const since = number()
  .integer("${path} must be a whole number")
  .min(0, "${path} must be at least 0")
  .max(Number.MAX_SAFE_INTEGER, `\${path} must be at most ${Number.MAX_SAFE_INTEGER}`)
  .meta({ jsonSchema: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } });

/** Types of events, and groups of them, with commas between. */
const types = string()
  .matches(/^[a-z.*,-]{1,1000}$/, "${path} must be types of events, with commas between")
  .test(
    "types",
    "${path} must be types of events or groups such as file.*, with commas between",
    (given) => given === undefined || given.split(",").every(isTypePattern),
  )
  .meta({ jsonSchema: { type: "string", pattern: "^[a-z.*,-]{1,1000}$" } });

export const followEvents = {
  query: object({ since, types }),
  // What an EventSource has read last, when it connects again.
  headers: object({ "last-event-id": wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }) }),
};

export const listChanges = { query: object({ since, limit }) };

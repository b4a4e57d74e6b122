import { array, boolean, number, object, string } from "yup";
import { EVENT_TYPES, type EventType } from "../../common/events/event.js";
import { isId } from "../../common/platform/ids.js";
import { DELIVERY_STATES } from "../../common/webhooks/webhook.js";
import { MAX_URL_LENGTH } from "../../common/webhooks/url.js";
import { cursor, id, instant, limit } from "../http/fields.js";
import { label } from "../links/schema.js";
import { urlFault } from "./url-fault.js";

/** Where events are sent. Whether it leads inside the network is asked by the service. */
const url = string()
  .test("url", (given, { createError }) => {
    const fault = given === undefined ? undefined : urlFault(given);
    return fault === undefined || createError({ message: `\${path} ${fault}` });
  })
  .meta({ jsonSchema: { maxLength: MAX_URL_LENGTH } });

/** Which types of events are sent; `null` for all. */
const events = array(
  string<EventType>().defined().oneOf(EVENT_TYPES, "${path} is not the type of an event"),
)
  .nullable()
  .min(1, "${path} must have at least one type, or be null for all")
  .max(EVENT_TYPES.length, `\${path} must have at most ${EVENT_TYPES.length} types`)
  .meta({
    jsonSchema: { type: ["array", "null"], minItems: 1, maxItems: EVENT_TYPES.length },
  });

/** The folder whose events are sent; `null` for all of the account. */
const folderId = string()
  .nullable()
  .test(
    "folderId",
    "${path} must be the id of a folder, root or null",
    (given) => typeof given !== "string" || given === "root" || isId(given),
  )
  .meta({ jsonSchema: { type: ["string", "null"], pattern: "^(root|[A-Za-z0-9_-]{21}[AQgw])$" } });

const isEnabled = boolean();

const needed = url.defined("${path} is required");

const changesSomething = [
  "changes",
  "The body names nothing to change",
  (given: object) => Object.keys(given).length > 0,
] as const;

export const listWebhooks = { query: object({ limit, cursor }) };

export const oneWebhook = { params: object({ id }) };

/** `POST /webhooks`. */
export const newWebhook = { body: object({ url: needed, label, events, folderId }) };

/** `POST /admin/webhooks`. */
export const newInstallationWebhook = { body: object({ url: needed, label, events }) };

/** `PATCH /webhooks/{id}`. */
export const changedWebhook = {
  ...oneWebhook,
  body: object({ url, label, events, folderId, isEnabled }).test(...changesSomething),
};

/** `PATCH /admin/webhooks/{id}`. */
export const changedInstallationWebhook = {
  ...oneWebhook,
  body: object({ url, label, events, isEnabled }).test(...changesSomething),
};

const state = string().oneOf(DELIVERY_STATES, "${path} must be one of ${values}");

export const listDeliveries = { ...oneWebhook, query: object({ state, limit, cursor }) };

export const oneDelivery = { params: object({ id, deliveryId: id }) };

const since = number()
  .integer("${path} must be a whole number")
  .min(0, "${path} must be at least 0")
  .max(Number.MAX_SAFE_INTEGER, `\${path} must be at most ${Number.MAX_SAFE_INTEGER}`)
  .meta({ jsonSchema: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } });

const replayed = string().oneOf(["failed"], "${path} must be failed");

const isOne = (given: object) =>
  Object.values(given).filter((value) => value !== undefined).length === 1;

/** `POST /webhooks/{id}/replay`. */
export const replayMany = {
  ...oneWebhook,
  body: object({ since, from: instant, state: replayed }).test(
    "one",
    "The body must have one of since, from and state",
    isOne,
  ),
};

/** `POST /admin/webhooks/{id}/replay`: each account counts its events by itself, so there is no number. */
export const replayManyOfInstallation = {
  ...oneWebhook,
  body: object({ from: instant, state: replayed }).test(
    "one",
    "The body must have either from or state",
    isOne,
  ),
};

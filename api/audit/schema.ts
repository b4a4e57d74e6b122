import { object, string } from "yup";
import { AUDIT_ACTIONS } from "../../common/audit/event.js";
import { cursor, instant, limit, optionalId } from "../http/fields.js";

const filters = { action: string().oneOf(AUDIT_ACTIONS), from: instant, to: instant };

export const listOwnEvents = { query: object({ limit, cursor, ...filters }) };

export const listEvents = { query: object({ limit, cursor, accountId: optionalId, ...filters }) };

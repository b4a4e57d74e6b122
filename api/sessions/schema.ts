import { object } from "yup";
import { cursor, id, limit } from "../http/fields.js";

/** `GET /sessions` and `GET /tokens`. */
export const listSignedIn = { query: object({ limit, cursor }) };

/** `DELETE /sessions/{id}` and `DELETE /tokens/{id}`. */
export const oneSignedIn = { params: object({ id }) };

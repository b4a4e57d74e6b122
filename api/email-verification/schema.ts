import { object } from "yup";
import { linkToken } from "../http/fields.js";

/** `POST /email-verification`. */
export const verification = { body: object({ token: linkToken }) };

/** The page that a link leads to. */
export const oneLink = { params: object({ token: linkToken }) };

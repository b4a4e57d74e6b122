import { object } from "yup";
import { email, id, linkToken as token, password } from "../http/fields.js";

/** `POST /admin/accounts/{id}/password-reset`. */
export const newReset = { params: object({ id }) };

/** `POST /password-resets`. */
export const resetRequest = { body: object({ email: email.defined("${path} is required") }) };

/** `POST /password-reset`. */
export const passwordReset = { body: object({ token, newPassword: password }) };

/** The page that a link leads to. */
export const oneLink = { params: object({ token }) };

export const sentForm = { ...oneLink, body: object({ newPassword: password }) };

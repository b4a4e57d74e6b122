import { object, string } from "yup";
import { confirmationFields } from "../accounts/schema.js";

/** A path of this server: no other site, in whatever way browsers read it. */
const LOCAL_PATH = /^\/(?!\/)[!-[\]-~]{0,2047}$/;

const returnTo = string().matches(
  LOCAL_PATH,
  "${path} must be a path of this server, such as /files",
);

/** `GET /login/oidc`. */
export const beginSignIn = { query: object({ returnTo: returnTo.default("/") }) };

/** `POST /me/restore/oidc`. */
export const beginRestoring = { body: object({ returnTo }) };

/** `POST /me/oidc`. */
export const beginLinking = { body: object({ ...confirmationFields, returnTo }) };

/** `DELETE /me/oidc`. */
export const unlink = { body: object(confirmationFields) };

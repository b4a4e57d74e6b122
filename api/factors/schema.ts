import { object, string } from "yup";
import { confirmation, passkeyAnswer } from "../accounts/schema.js";
import { id } from "../http/fields.js";

/** What the owner of a passkey calls it. Nothing that breaks a line, or turns it around. */
const name = string()
  .defined("${path} is required")
  .min(1, "${path} must have at least 1 character")
  .max(64, "${path} must have at most 64 characters")
  .matches(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, "${path} must not have control characters");

const requiredCode = string()
  .defined("${path} is required")
  .max(64, "${path} must have at most 64 characters");

/** `POST /me/totp/confirm`. */
export const totpConfirmation = { body: object({ code: requiredCode }) };

/** `POST /me/passkeys`. */
export const newPasskey = {
  body: object({ name, passkey: passkeyAnswer.required("${path} is required") }),
};

/** `PATCH /me/passkeys/{id}`. */
export const passkeyChange = { params: object({ id }), body: object({ name }) };

/** `DELETE /me/passkeys/{id}`. */
export const passkeyRemoval = { params: object({ id }), ...confirmation };

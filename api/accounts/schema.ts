import { object, string } from "yup";
import { emailOrNone, password, username, versionRules } from "../http/fields.js";

/** A code of an authenticator app, or a recovery code. Spaces do not count. */
const code = string().max(64, "${path} must have at most 64 characters");

/** What a browser's `PublicKeyCredential.toJSON()` gives. What is in it is verified, not described. */
export const passkeyAnswer = object().meta({ jsonSchema: { type: "object" } });

/** What a person proves beside the password; which of them is needed, depends on the account. */
export const secondFactorFields = { code, passkey: passkeyAnswer.default(undefined) };

/** What was proven before need not have the form that a new password must have. */
const provenPassword = string()
  .max(1024, "${path} must have at most 1024 characters")
  .meta({ jsonSchema: { maxLength: 1024 } });

/**
 * The fields by which a person proves once more who it is, before a dangerous change: for bodies of such requests. An account without a password
 * has none.
 */
export const confirmationFields = { password: provenPassword, ...secondFactorFields };

/** `POST /register`. A token of any form is looked up, and found to be invalid. */
export const registration = {
  body: object({
    username,
    password,
    invitation: string()
      .max(128, "${path} must have at most 128 characters")
      .meta({ jsonSchema: { maxLength: 128 } }),
  }),
};

/** `PUT /me/password`. */
export const passwordChange = {
  body: object({
    currentPassword: provenPassword,
    newPassword: password,
    ...secondFactorFields,
  }),
};

/** `POST /login`, and whatever else a person signs in to with username and password. */
export const credentials = { body: object({ username, password, ...secondFactorFields }) };

/** `PATCH /me`. */
export const profileChange = {
  body: object({
    username: username.optional(),
    email: emailOrNone,
    versionRules,
    ...confirmationFields,
  }).test(
    "something",
    "The body must have one of username, email and versionRules",
    ({ username: name, email: address, versionRules: rules }) =>
      [name, address, rules].filter((field) => field !== undefined).length === 1,
  ),
};

/** A dangerous change that says nothing else, such as `DELETE /me`. */
export const confirmation = { body: object(confirmationFields) };

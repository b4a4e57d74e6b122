import { array, object, string } from "yup";
import { SCOPES } from "../../common/accounts/role.js";
import { secondFactorFields } from "../accounts/schema.js";
import { password, username } from "../http/fields.js";

/** What its owner calls a credential: 1 to 64 characters. */
const name = string()
  .min(1, "${path} must have 1 to 64 characters")
  .max(64, "${path} must have 1 to 64 characters");

const scopes = array(string().oneOf(SCOPES).defined())
  .min(1, "${path} must have at least one scope")
  .max(SCOPES.length, `\${path} must have at most ${SCOPES.length} scopes`);

/** Username and password, or neither. */
const together = "${path} is required where the request signs in";

/** `POST /tokens`. */
export const newTokens = {
  body: object({
    username: username.optional().test("together", together, hasOther("password")),
    password: password.optional().test("together", together, hasOther("username")),
    ...secondFactorFields,
    name,
    scopes,
  }),
};

/** `POST /tokens/refresh`. */
export const refreshment = {
  body: object({
    refreshToken: string()
      .defined("${path} is required")
      .max(1024, "${path} must have at most 1024 characters"),
  }),
};

function hasOther(other: string) {
  return (value: unknown, { parent }: { parent: Readonly<Record<string, unknown>> }) =>
    value !== undefined || parent[other] === undefined;
}

import { boolean, number, object, string } from "yup";
import { ROLES } from "../../common/accounts/role.js";
import { OPEN_STATES } from "../../common/uploads/admin-repository.js";
import { cursor, flag, id, instant, limit, versionRules } from "../http/fields.js";

/** What an account may store, in bytes; `null` is unlimited. */
const limitBytes = number()
  .nullable()
  .integer()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({
    jsonSchema: { type: ["integer", "null"], minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  });

const role = string().oneOf(ROLES);

export const listAccounts = {
  query: object({
    limit,
    cursor,
    username: string().matches(/^[A-Za-z0-9._-]{1,64}$/, "${path} must be the start of a username"),
  }),
};

export const oneAccount = { params: object({ id }) };

/** `keys`: whether API keys end too. */
export const endSessions = { ...oneAccount, query: object({ keys: flag }) };

export const changeAccount = {
  ...oneAccount,
  body: object({ role, limitBytes, isDisabled: boolean(), versionRules }).test(
    "something",
    "The body must have role, limitBytes, isDisabled or versionRules",
    (change) => Object.values(change).some((field) => field !== undefined),
  ),
};

export const listUploads = {
  query: object({ limit, cursor, state: string().oneOf(OPEN_STATES).default("receiving") }),
};

export const listJobs = {
  query: object({ limit, cursor, state: string().oneOf(["failed"]).default("failed") }),
};

export const oneJob = { params: object({ id }) };

/** Both are `false` unless given. */
export const newFsckRun = { body: object({ deep: boolean(), repair: boolean() }) };

export const listFindings = { query: object({ limit, cursor }) };

export const oneQueue = { params: object({ name: string().required() }) };

export const listQuarantine = { query: object({ limit, cursor }) };

export const oneQuarantined = { params: object({ id }) };

export const oneUpload = { params: object({ id }) };

export const listInvitations = { query: object({ limit, cursor }) };

export const oneInvitation = { params: object({ id }) };

/** When an invitation expires, unless its maker says so: after 7 days. */
export const newInvitation = {
  body: object({
    role,
    limitBytes,
    maxUses: number()
      .integer()
      .min(1)
      .max(10_000)
      .meta({ jsonSchema: { type: "integer", minimum: 1, maximum: 10_000 } }),
    expiresAt: instant,
  }),
};

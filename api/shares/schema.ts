import { object, string } from "yup";
import { SHARE_ROLES } from "../../common/shares/share.js";
import { cursor, id, limit, optionalId, username } from "../http/fields.js";

const role = string()
  .oneOf(SHARE_ROLES, "${path} must be one of ${values}")
  .defined("${path} is required");

const MAX_NAME_CHARACTERS = 100;

/** What a group is called. */
const groupName = string()
  .defined("${path} is required")
  .min(1, "${path} must not be empty")
  .max(MAX_NAME_CHARACTERS, `\${path} may have at most ${MAX_NAME_CHARACTERS} characters`);

/** `POST /shares`. */
export const newShare = {
  body: object({
    entryId: id,
    username: string()
      .max(64, "${path} may have at most 64 characters")
      .min(3, "${path} must have at least 3 characters"),
    groupId: optionalId,
    role,
  }).test(
    "grantee",
    "${path} must have one of username and groupId",
    (given) => (given.username === undefined) !== (given.groupId === undefined),
  ),
};

export const listShares = { query: object({ entryId: optionalId, limit, cursor }) };

export const oneShare = { params: object({ id }) };

export const changedShare = { ...oneShare, body: object({ role }) };

export const listGiven = { query: object({ limit, cursor }) };

export const newGroup = { body: object({ name: groupName }) };

export const oneGroup = { params: object({ id }) };

export const newMember = { ...oneGroup, body: object({ username }) };

export const oneMember = { params: object({ id, memberId: id }) };

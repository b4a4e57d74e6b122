import { object, string } from "yup";
import { SORT_ORDERS } from "../../common/entries/listing.js";
import { cursor, flag, id, limit } from "../http/fields.js";

/** One media type, or a family of them such as `image/*`; lower case. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/([a-z0-9][a-z0-9!#$&^_.+-]{0,126}|\*)$/;

/** Which entries of a folder to list. */
export const listQuery = object({
  limit,
  cursor,
  sort: string().oneOf(SORT_ORDERS, "${path} must be one of ${values}").default("-date"),
  name: string().min(1, "${path} must not be empty").max(255, "${path} is too long"),
  type: string().matches(MEDIA_TYPE, "${path} must be a media type such as image/png or image/*"),
  total: flag,
});

export const listFiles = { query: listQuery };

export const oneFile = { params: object({ id }) };

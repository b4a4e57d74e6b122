import { object, string } from "yup";
import { listQuery } from "../files/schema.js";
import { folderId } from "../http/fields.js";

/** `POST /folders`. Which names are valid, the service decides. */
export const newFolder = {
  body: object({ name: string().defined("${path} is required"), parentId: folderId }),
};

export const oneFolder = { params: object({ id: folderId.defined() }) };

export const listChildren = { ...oneFolder, query: listQuery };

import { object, string } from "yup";
import { metadataFields } from "../files/metadata.js";
import { listQuery, moveQuery, removalQuery } from "../files/schema.js";
import { flag, folderId } from "../http/fields.js";

/** `POST /folders`. Which names are valid, the service decides. */
export const newFolder = {
  body: object({ name: string().defined("${path} is required"), parentId: folderId }),
};

export const deleteFolder = { params: object({ id: folderId.defined() }), query: removalQuery };

export const oneFolder = { params: object({ id: folderId.defined() }) };

/** `PATCH /folders/{id}`. */
export const folderChange = {
  ...oneFolder,
  query: moveQuery,
  body: object({ ...metadataFields, name: string(), parentId: folderId }),
};

/** `POST /folders/{id}/copy`. Beside the folder, under its name, with a number where that is taken, unless the request says otherwise. */
export const copyFolder = {
  ...oneFolder,
  body: object({
    folderId,
    name: string(),
    onConflict: string().oneOf(["rename", "fail"] as const, "${path} must be one of ${values}"),
  }),
};

export const listChildren = { ...oneFolder, query: listQuery.shape({ foldersFirst: flag }) };

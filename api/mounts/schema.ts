import { object, string } from "yup";
import { metadataFields } from "../files/metadata.js";
import { moveQuery } from "../files/schema.js";
import { folderId, id } from "../http/fields.js";

/** `POST /mounts`. Which names are valid, the service decides. */
export const newMount = { body: object({ entryId: id, folderId, name: string() }) };

export const oneMount = { params: object({ id }) };

/** `PATCH /mounts/{id}`. */
export const mountChange = {
  ...oneMount,
  query: moveQuery.omit(["dryRun"]),
  body: object({ ...metadataFields, name: string(), folderId }),
};

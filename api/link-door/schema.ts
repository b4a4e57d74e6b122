import { object, string } from "yup";
import { listQuery } from "../files/schema.js";
import { previewSize } from "../files/preview-schema.js";
import { flag, id, instant, presence } from "../http/fields.js";
import { uploadQuery } from "../uploads/answer.js";

/** `GET /s/{token}/content`. The schema does not check the token: a wrong one is answered like a link that is not valid. */
export const linkContent = { query: object({ download: presence }) };

/** `GET /s/{token}/entries/{path}`: of a folder, which entries to list; of a file, its content or its metadata. */
export const linkEntry = {
  query: listQuery
    .pick(["limit", "cursor", "sort"])
    .shape({ foldersFirst: flag, metadata: presence, download: presence }),
};

/** `GET /s/{token}/preview` and `GET /s/{token}/previews/{path}`. */
export const linkPreview = { query: object({ size: previewSize }) };

/** `GET /s/{token}/archive`: of all of the folder, or of a folder in it. */
export const linkArchive = { query: object({ path: string() }) };

/** `POST /s/{token}/unlock`. */
export const linkUnlock = { body: object({ password: string().defined("${path} is required") }) };

const { path, parents } = uploadQuery;

/** `POST /s/{token}/upload`. */
export const dropForm = { query: object({ path, parents }) };

/** `PUT /s/{token}/files`. */
export const dropFile = {
  query: object({
    path,
    parents,
    name: string().defined("${path} is required"),
    modifiedAt: instant,
  }),
};

/** `POST /s/{token}/uploads`. */
export const newUpload = {};

/** One upload of a link. */
export const oneUpload = { params: object({ token: string().defined(), id }) };

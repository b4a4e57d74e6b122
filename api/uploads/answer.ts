import { string } from "yup";
import type { Access } from "../../common/access/service.js";
import type { FolderPaths } from "../../common/folders/paths.js";
import type { StoredAnswer } from "../../common/idempotency/entry.js";
import type { UploadRequests } from "../../common/idempotency/requests.js";
import type { Published, UploadIntent } from "../../common/uploads/upload.js";
import { presentFile } from "../files/present.js";
import { presence } from "../http/fields.js";
import type { UploadLimits } from "./limits.js";

/** What the doors for forms and raw bodies need. */
export interface UploadDeps {
  readonly access: Access;
  readonly folderPaths: FolderPaths;
  readonly requests: UploadRequests;
  readonly limits: UploadLimits;
}

/** The token of an upload grant, which the door has read already. */
export const grant = string();

/** The query parameters that both doors have. Names and folders are checked by `common`. */
export const uploadQuery = {
  folderId: string(),
  path: string(),
  parents: presence,
  onConflict: string()
    .oneOf(
      ["version", "rename", "fail"] as const satisfies UploadIntent["onConflict"][],
      "${path} must be one of ${values}",
    )
    .default("version" as const),
};

/**
 * The answer to a request that has stored one file.
 *
 * @param path - Where the actor sees the file.
 */
export function publishedAnswer(
  { file, isNewFile }: Published,
  base: string,
  path: string | null,
): StoredAnswer {
  const presented = presentFile(file, base, path);
  const { etag, links } = presented;
  return {
    status: isNewFile ? 201 : 200,
    headers: {
      // RFC 9110 §9.3.4: of the content as it was stored.
      ETag: etag,
      "Content-Location": links.metadata,
      ...(isNewFile && { Location: links.content }),
    },
    body: JSON.stringify(presented),
  };
}

import type { Actor } from "../../../common/access/actor.js";
import type { Place } from "../../../common/access/grants.js";
import { splitSentName } from "../../../common/entries/path.js";
import type { FolderPath, FolderPaths } from "../../../common/folders/paths.js";
import { folderOf, Places } from "../place.js";
import { malformedField, type TusFields, type UploadMetadata } from "./fields.js";

interface Deps {
  readonly folderPaths: FolderPaths;
  readonly actor: Actor;
}

/**
 * What finds or makes the place of an upload, as its metadata say.
 *
 * @throws InvalidRequestError, InvalidNameError; and so does what is returned, as {@link Places.find}.
 */
export function placeFinder(
  deps: Deps,
  { metadata }: TusFields,
  name: string,
): () => Promise<Place> {
  const wanted = { name, folder: readFolder(metadata), below: readFoldersBelow(metadata) };
  const places = new Places(deps);
  return () => places.find(wanted);
}

/**
 * The folder that the file goes to: `folderId`, or `path` with or without `parents`.
 *
 * @throws InvalidRequestError, InvalidNameError
 */
function readFolder(metadata: UploadMetadata | undefined): FolderPath {
  const values = metadata?.values ?? new Map<string, string>();
  const parents = PARENTS.get(values.get("parents") ?? "false");
  if (parents === undefined)
    throw malformedField("Upload-Metadata", "has parents that is not true or false");
  return folderOf(
    { folderId: values.get("folderId"), path: values.get("path"), parents },
    METADATA,
  );
}

/**
 * The folders of `relativePath`, which Uppy sends for a file of a chosen folder (`photos/a.jpg`), as does `null` for every other file. Some
 * versions begin it with a slash.
 */
function readFoldersBelow(metadata: UploadMetadata | undefined): readonly string[] {
  return splitSentName(sentPath(metadata).replace(/^\//, "")).folders;
}

function sentPath(metadata: UploadMetadata | undefined): string {
  const path = metadata?.values.get("relativePath") ?? "";
  return path === "null" ? "" : path;
}

/** A key without a value stands for true. */
const PARENTS: ReadonlyMap<string, boolean> = new Map([
  ["", true],
  ["true", true],
  ["false", false],
]);

const METADATA = { in: "header", pointer: "Upload-Metadata" } as const;

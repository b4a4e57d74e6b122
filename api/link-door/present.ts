import type { FileEntry, Folder } from "../../common/entries/entry.js";
import { maySave } from "../../common/links/link.js";
import { fileETag, hasShownPreview } from "../files/present.js";
import { presentationOf } from "../http/media-type.js";
import { linkPath } from "./cookies.js";
import type { EnteredLink } from "./entered.js";

type Seen = Pick<EnteredLink, "token" | "link">;

/** What a link says of itself. One that is for uploads alone says nothing of the folder. */
export function presentLink({ token, link, root }: EnteredLink) {
  const { permission, label, expiresAt } = link;
  const said = { permission, label, expiresAt: expiresAt?.toISOString() ?? null };
  if (permission === "upload") return said;
  return { kind: "share", ...said, entry: presentEntryOf({ token, link }, root.entry, "") };
}

/**
 * A file or folder, for people who have a link. It has no ids, and nothing that only its owner may see.
 *
 * @param path - Where it is in the folder of the link, such as `/photos/a.jpg`; empty for what the link leads to.
 */
export function presentEntryOf(seen: Seen, entry: FileEntry | Folder, path: string) {
  return entry.kind === "file"
    ? presentFileOf(seen, entry, path)
    : presentFolderOf(seen, entry, path);
}

/** A file. `null` for what depends on what the inspection finds, until that is over. */
export function presentFileOf(seen: Seen, file: FileEntry, path: string) {
  const content = path === "" ? `${linkPath(seen.token)}/content` : entryPath(seen, path);
  const isReady = file.state === "ready";
  return {
    kind: file.kind,
    name: file.name,
    path: path === "" ? `/${file.name}` : path,
    sizeBytes: Number(file.sizeBytes),
    type: file.type,
    sha256: file.sha256,
    etag: fileETag(file),
    isReady,
    modifiedAt: file.modifiedAt.toISOString(),
    links: {
      content: maySave(seen.link) || isViewable(file) ? content : null,
      download: maySave(seen.link) ? `${content}?download` : null,
      preview: isReady && hasShownPreview(file) ? previewPath(seen, path) : null,
    },
  };
}

/** A folder. The topmost one of an account has no name and no time. */
export function presentFolderOf(seen: Seen, folder: Folder, path: string) {
  const isRoot = folder.parentId === null;
  const archive = `${linkPath(seen.token)}/archive`;
  const query = path === "" ? "" : `?path=${encodeURIComponent(path)}`;
  return {
    kind: folder.kind,
    name: isRoot ? "" : folder.name,
    path: path === "" ? "/" : path,
    modifiedAt: isRoot ? null : folder.modifiedAt.toISOString(),
    links: {
      entries: path === "" ? entryPath(seen, "/") : entryPath(seen, path),
      archive: maySave(seen.link) ? archive + query : null,
    },
  };
}

/** Whether a browser shows it safely. */
const isViewable = ({ state, type }: FileEntry) =>
  state === "ready" && presentationOf(type).disposition === "inline";

const previewPath = ({ token }: Pick<Seen, "token">, path: string) =>
  path === "" ? `${linkPath(token)}/preview` : `${linkPath(token)}/previews${encodedPath(path)}`;

const encodedPath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

const entryPath = ({ token }: Pick<Seen, "token">, path: string) =>
  `${linkPath(token)}/entries${encodedPath(path)}`;

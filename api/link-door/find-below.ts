import type { Context } from "koa";
import type { LinkActor } from "../../common/access/actor.js";
import { type Granted, isOfFile, isOfFolder } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import type { FileEntry, Folder } from "../../common/entries/entry.js";
import { parseFolderPath } from "../../common/entries/path.js";
import { noLink } from "../../common/links/entrance.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { parseUrlPath } from "../by-path/url-path.js";
import { type EnteredLink, isWithheld, type LinkRoot } from "./entered.js";

const QUERY_PATH = { in: "query", pointer: "path" } as const;

/** What lies in the folder of a link. */
export type Found = Granted<FileEntry, "read"> | Granted<Folder, "read">;

/** Whether a link shows what it leads to. */
export const isReadable = (root: LinkRoot): root is Found => root.right === "read";

/**
 * What is at a path in the folder of a link. The folder is asked for anew, and so is each folder of the path: what was moved out of it is not there.
 *
 * @param path - As a URL has it; see `parseUrlPath`.
 * @throws NotFoundError also for a file that links do not give out.
 * @throws InvalidRequestError, InvalidNameError
 */
export async function findBelow(
  access: Access,
  entered: Pick<EnteredLink, "actor" | "link">,
  path: string,
): Promise<Found> {
  if (entered.link.entryKind !== "folder") throw noLink();
  const { names, isFolderPath } = parseUrlPath(path);
  const found = await findAt(access, entered.actor, names);
  if (isFolderPath && found.entry.kind !== "folder") throw new NotFoundError("folder");
  return found;
}

/**
 * The folder of a link, or one in it.
 *
 * @param path - As in a query: `/photos/2026`; see `parseFolderPath`.
 * @throws As {@link findBelow}.
 */
export async function findFolder(
  access: Access,
  { actor, link }: Pick<EnteredLink, "actor" | "link">,
  path: string,
): Promise<Granted<Folder, "read">> {
  if (link.entryKind !== "folder") throw noLink();
  const found = await findAt(access, actor, parseFolderPath(path, QUERY_PATH));
  if (isOfFile(found)) throw new NotFoundError("folder");
  return found;
}

async function findAt(access: Access, actor: LinkActor, names: readonly string[]): Promise<Found> {
  if (names.length === 0) return access.folder(actor, "root", "read");
  const granted = await access.entryAt(actor, names, "read");
  if (isOfFolder(granted)) return granted;
  if (!isOfFile(granted) || isWithheld(granted.entry)) throw new NotFoundError("file or folder");
  return granted;
}

/** The segments of a request's path behind `/s/{token}/entries/`, as they were sent. */
export const pathBelow = ({ path }: Pick<Context, "path">) => path.split("/").slice(4).join("/");

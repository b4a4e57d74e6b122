import type { FileEntry } from "../entries/entry.js";
import { NotFoundError } from "../platform/errors.js";
import type { Actor } from "./actor.js";
import type { Reached } from "./finder.js";
import { type Granted, givePlace, type Place } from "./grants.js";
import { give } from "./rights.js";

/** {@link placeOfFile} for what an actor reaches. @throws NotFoundError where it reaches no file. */
export function placeOfFound(actor: Actor, found: Reached | undefined): Place {
  if (found?.entry.kind !== "file") throw new NotFoundError("file");
  const granted = give(actor, { ...found, entry: found.entry }, "write");
  return placeOfFile(actor, granted, found.home);
}

/**
 * The folder of a file, to store the file's next version there. It is for nothing else: the actor may not even know the folder.
 *
 * @param home - The namespace of the file. Default: that of the actor.
 */
export function placeOfFile(
  actor: Actor,
  { entry, above, path }: Granted<FileEntry, "write">,
  home = actor.home,
): Place {
  const { id: actorId } = actor;
  const { ownerId, parentId: folderId, _id: fileId } = entry;
  const { rootFolderId, limitBytes, versionRules } = home;
  const folder = { ownerId, rootFolderId, folderId, above, path };
  // The URL that the version comes by writes its own log.
  return givePlace({ ...folder, fileId, actorId, limitBytes, versionRules, byLink: undefined });
}

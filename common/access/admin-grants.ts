import type { Account } from "../accounts/account.js";
import type { FileEntry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import { giveEntry, givePlace, type Granted, type Place } from "./grants.js";

/** A file of any account, given to an admin who has to remove content from it. */
export function grantToAdmin(
  actorId: Id,
  entry: FileEntry,
  owner: Account,
): { readonly granted: Granted<FileEntry, "write">; readonly place: Place } {
  const { ownerId, parentId: folderId, _id: fileId } = entry;
  const nowhere = { actorId, above: [], path: "" };
  return {
    granted: giveEntry({ ...nowhere, entry, right: "write" }),
    place: givePlace({
      ...nowhere,
      ...{ ownerId, folderId, fileId, byLink: undefined },
      rootFolderId: owner.rootFolderId,
      // What is removed is as large as what takes its place, or counts as little as it did before.
      limitBytes: null,
      versionRules: owner.versionRules,
    }),
  };
}

import type { Actor } from "../../common/access/actor.js";
import { type Granted, requireBelowShare } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import type { Entry } from "../../common/entries/entry.js";
import type { Move } from "../../common/folders/moves.js";
import { withNameIn } from "../http/name-field.js";

interface Wanted {
  readonly name: string | undefined;
  readonly folderId: string | undefined;
  readonly onConflict: Move<Entry>["onConflict"];
}

/** Where a request wants an entry to go; `undefined` where it says nothing about name and folder. @throws TopOfShareError for what was shared itself. */
export async function findDestination(
  { access, actor }: { readonly access: Access; readonly actor: Actor },
  granted: Granted<Entry, "write">,
  { name, folderId, onConflict }: Wanted,
) {
  if (name === undefined && folderId === undefined) return undefined;
  // Its folder, which the actor does not see, would not be found.
  requireBelowShare(granted);
  const { entry } = granted;
  const place = await access.place(actor, folderId ?? entry.parentId);
  return { place, name: name ?? entry.name, onConflict };
}

/** Says of an invalid name that it is the body's. */
export const withNewName = <T>(act: () => Promise<T>) =>
  withNameIn({ in: "body", pointer: "/name" }, act);

import type { Granted } from "../../common/access/grants.js";
import type { Entry, Folder, StoredEntry } from "../../common/entries/entry.js";
import type { EntryQuery } from "../../common/entries/listing.js";
import type { Folders } from "../../common/folders/service.js";
import type { Context } from "../http/door.js";
import { sendPage } from "../http/page.js";
import type { AssetBundle } from "../pages/assets.js";
import { prefersHtml } from "../pages/html.js";
import { type EnteredLink, isWithheld } from "./entered.js";
import { sendLinkPage } from "./page.js";
import { presentEntryOf, presentFolderOf } from "./present.js";

interface Deps {
  readonly folders: Folders;
  readonly assets: AssetBundle;
}

/** Whether people who have a link see an entry. */
const isShown = (entry: Entry): entry is StoredEntry =>
  entry.kind === "folder" || (entry.kind === "file" && !isWithheld(entry));

interface Listed {
  readonly entered: EnteredLink;
  readonly folder: Granted<Folder, "read">;
  readonly query: Omit<EntryQuery, "total">;
}

/**
 * Answers with the entries of a folder of a link, as JSON or as a page. Files that links do not give out are left out: a page may have fewer entries
 * than `limit`.
 *
 * @throws InvalidCursorError
 */
export async function sendFolder(
  ctx: Context,
  { folders, assets }: Deps,
  { entered, folder, query }: Listed,
): Promise<void> {
  ctx.vary("Accept");
  const { items, nextCursor } = await folders.children(folder, {
    ...query,
    ...{ total: false, withoutMounts: true },
  });
  const shown = items.filter(isShown);
  const present = (entry: StoredEntry) =>
    presentEntryOf(entered, entry, `${folder.path}/${entry.name}`);
  if (!prefersHtml(ctx)) {
    sendPage(ctx, { items: shown, nextCursor, limit: query.limit }, present);
    return;
  }
  const list = { items: shown.map(present), nextCursor };
  const entry = presentFolderOf(entered, folder.entry, folder.path);
  const takesFiles = folder.path === "" && entered.actor.scopes.has("files:write");
  sendLinkPage(ctx, assets, { entered, entry, list, takesFiles });
}

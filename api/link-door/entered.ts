import type { LinkActor } from "../../common/access/actor.js";
import type { Granted } from "../../common/access/grants.js";
import type { FileEntry, Folder } from "../../common/entries/entry.js";
import type { ShareLinkDoc } from "../../common/links/link.js";

/** What a link leads to, as far as its actor may know of it. */
export type LinkRoot = Granted<FileEntry> | Granted<Folder>;

/** A request by a valid share link. */
export interface EnteredLink {
  readonly token: string;
  readonly link: ShareLinkDoc;
  readonly actor: LinkActor;
  readonly root: LinkRoot;
}

/** Whether a file is not given out by links: something was found in it, or nothing could be found out about it. */
export const isWithheld = ({ state }: Pick<FileEntry, "state">) =>
  state !== "ready" && state !== "processing";

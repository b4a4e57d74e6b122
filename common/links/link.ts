import type { Scope } from "../accounts/role.js";
import type { WithOutbox } from "../events/event.js";
import type { Id } from "../platform/ids.js";

/**
 * The kinds of links. Who has the token of a link can use it:
 *
 * - `share`: people look at a file or folder, or put files into it, on a page.
 * - `url`: one file, for one method, without a page.
 * - `grant`: programs put files into a folder.
 */
export const LINK_KINDS = ["share", "url", "grant"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** What a share link lets people do. `view`: look at it, and nothing is offered for download. `upload` shows nothing of the folder. */
export const PERMISSIONS = ["view", "download", "upload", "upload+view"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** A document of `links`. Its token is not stored: it is made from the id with a secret of the configuration. */
export type LinkDoc = ShareLinkDoc | UrlLinkDoc | GrantLinkDoc;

/** What links of all kinds have. */
export interface AnyLinkDoc extends WithOutbox {
  readonly _id: Id;
  /** Whose entry it leads to, and who pays for what is put there. */
  readonly ownerId: Id;
  /** Who made it. It is valid while this account may share the entry. */
  readonly actorId: Id;
  /** The same, where that is not the owner: a manager. Missing: the owner made it. */
  readonly managerId?: Id;
  /** The folder that it may not leave, or the only file that it reaches. */
  readonly entryId: Id;
  readonly entryKind: "file" | "folder";
  /** What its owner calls it; `null` for nothing. */
  readonly label: string | null;
  /** `false`: switched off for now. */
  readonly isEnabled: boolean;
  readonly createdAt: Date;
  /** From when on it is not valid; `null`: never. */
  readonly expiresAt: Date | null;
  /** When it was revoked: for good. */
  readonly revokedAt: Date | null;
  /** When MongoDB may remove the document: some time after it has expired or was revoked. `null` until then. */
  readonly removeAt: Date | null;
  /** When it was used last; `null`: never. */
  readonly lastUsedAt: Date | null;
  /** Raised by every change of the owner: what a compare-and-set compares. */
  readonly revision: number;
}

/** A link to a page. */
export interface ShareLinkDoc extends AnyLinkDoc {
  readonly kind: "share";
  readonly permission: Permission;
  /** argon2id; `null` for none. */
  readonly passwordHash: string | null;
  /** How many downloads it allows; `null`: any number. */
  readonly maxDownloads: number | null;
  /** Downloads that count, and those under way: each takes its place before its first byte. */
  readonly usedDownloads: number;
  /** The downloads among them that may still be given up. */
  readonly openDownloads: readonly OpenDownload[];
  /** Whether its maker is told of the first use. */
  readonly notifiesFirstUse: boolean;
}

/** A download that has its place, and does not count yet. */
export interface OpenDownload {
  /** Of the use that it is in the log. */
  readonly id: Id;
  /** When it was last active. */
  readonly at: Date;
}

/** A URL of one file. What it answers with is fixed. */
export interface UrlLinkDoc extends AnyLinkDoc {
  readonly kind: "url";
  readonly method: "GET" | "PUT";
  /** The version that it is for; `null`: the current one. */
  readonly versionId: Id | null;
  /** The name to save it under; `null`: the file's. */
  readonly fileName: string | null;
  readonly disposition: "attachment" | "inline";
}

/** An upload by a grant that is under way. */
export interface OpenUpload {
  /** Of the upload. */
  readonly id: Id;
  /** How much of `usedBytes` it holds. */
  readonly bytes: number;
}

/** A permission to upload, for programs. */
export interface GrantLinkDoc extends AnyLinkDoc {
  readonly kind: "grant";
  /** The most bytes of one file; `null`: as many as the server takes. */
  readonly maxFileBytes: number | null;
  /** The most bytes of all files together; `null`: no limit. */
  readonly maxBytes: number | null;
  /** The most files; `null`: no limit. */
  readonly maxFiles: number | null;
  /** What the content may be found to be, such as `image/png` or `image/*`; `null`: anything. */
  readonly types: readonly string[] | null;
  /** What names have to match, with `*` for any characters; `null`: anything. */
  readonly namePattern: string | null;
  /** What was begun or stored by it. */
  readonly usedFiles: number;
  readonly usedBytes: number;
  /** The uploads among them that are under way. */
  readonly openUploads: readonly OpenUpload[];
}

/** The scopes that a link gives. */
export function scopesOf(link: LinkDoc): readonly Scope[] {
  switch (link.kind) {
    case "share":
      return SCOPES_OF_PERMISSION[link.permission];
    case "url":
      return link.method === "GET" ? ["files:read"] : ["files:write"];
    case "grant":
      return ["files:write"];
  }
}

const SCOPES_OF_PERMISSION: Readonly<Record<Permission, readonly Scope[]>> = {
  view: ["files:read"],
  download: ["files:read"],
  upload: ["files:write"],
  "upload+view": ["files:read", "files:write"],
};

/** Whether a link lets people save what it shows, as files and as an archive. */
export const maySave = ({ permission }: Pick<ShareLinkDoc, "permission">) =>
  permission === "download";

/** Where a link stands. */
export const LINK_STATES = ["active", "disabled", "expired", "used-up", "revoked"] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** @param now - The database's time. */
export function stateOf(link: LinkDoc, now: Date): LinkState {
  if (link.revokedAt !== null) return "revoked";
  if (link.expiresAt !== null && link.expiresAt <= now) return "expired";
  if (!link.isEnabled) return "disabled";
  return isUsedUp(link) ? "used-up" : "active";
}

/** Whether nothing more can begin. What is under way goes on. */
export function isUsedUp(link: LinkDoc): boolean {
  if (link.kind === "share") {
    return link.maxDownloads !== null && countedDownloads(link) >= link.maxDownloads;
  }
  return link.kind === "grant" && link.maxFiles !== null && link.usedFiles >= link.maxFiles;
}

/** The downloads that count: those under way are not among them. */
export const countedDownloads = ({ usedDownloads, openDownloads }: ShareLinkDoc): number =>
  usedDownloads - openDownloads.length;

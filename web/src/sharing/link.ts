import { ask } from "../http/api.js";

/** What a share link lets people do. */
export type Permission = "view" | "download" | "upload" | "upload+view";

export type LinkState = "active" | "disabled" | "expired" | "used-up" | "revoked";

interface Common {
  readonly id: string;
  readonly entryId: string;
  readonly entryKind: "file" | "folder";
  /** `null` while the file or folder is deleted. */
  readonly entryPath: string | null;
  readonly label: string | null;
  readonly expiresAt: string | null;
  readonly state: LinkState;
  readonly isEnabled: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly url: string;
}

/** A link to a page, for people. */
export interface ShareLink extends Common {
  readonly kind: "share";
  readonly permission: Permission;
  readonly hasPassword: boolean;
  readonly maxDownloads: number | null;
  readonly downloads: number;
  readonly notifiesFirstUse: boolean;
}

/** A URL of one file, for one method. */
interface UrlLink extends Common {
  readonly kind: "url";
  readonly method: "GET" | "PUT";
}

/** A permission to upload, for programs. */
interface GrantLink extends Common {
  readonly kind: "grant";
  readonly maxFiles: number | null;
  readonly usedFiles: number;
}

/** A link, as `GET /links` lists it; see `openapi/components/schemas/links.yaml`. */
export type Link = ShareLink | UrlLink | GrantLink;

/** What the operator lets an account do by links, as `GET /link-policy` shows it. */
export interface LinkPolicy {
  readonly permissions: readonly Permission[];
  readonly needsPassword: boolean;
  /** `null`: links may last for ever. */
  readonly maxDays: number | null;
}

/** A download or upload by a link, as `GET /links/{id}/log` lists it. */
export interface LinkUse {
  readonly id: string;
  readonly kind: "download" | "upload";
  readonly startedAt: string;
  readonly addressPrefix: string;
  readonly name: string;
  readonly bytes: number;
  readonly isComplete: boolean;
}

/** What can be said about a link. What is left out stays as it is, or has its default. */
export interface LinkTerms {
  readonly permission?: Permission;
  readonly label?: string | null;
  readonly password?: string | null;
  readonly expiresAt?: string | null;
  readonly maxDownloads?: number | null;
  readonly notifiesFirstUse?: boolean;
  readonly isEnabled?: boolean;
}

/** @throws Problem */
export const makeLink = (entryId: string, terms: LinkTerms) =>
  ask<ShareLink>("POST", "/links", { body: { entryId, ...terms } });

/** @throws Problem */
export const changeLink = (id: string, terms: LinkTerms) =>
  ask<Link>("PATCH", `/links/${id}`, { body: terms });

/** Ends a link for good. @throws Problem */
export const revokeLink = (id: string) => ask<undefined>("DELETE", `/links/${id}`);

/** The URL to hand on, with the host. The API says it only if the operator has set `PUBLIC_URL`. */
export const urlOf = ({ url }: Pick<Link, "url">): string => new URL(url, location.origin).href;

/** What the API calls the last part of a path; `undefined` for the topmost folder. */
export const nameIn = (path: string): string | undefined =>
  path.split("/").findLast((part) => part !== "");

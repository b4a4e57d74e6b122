import type { AnyLinkDoc, LinkDoc, ShareLinkDoc } from "./link.js";

/** What only links of one kind have. */
export type KindTerms<L extends LinkDoc = LinkDoc> = L extends LinkDoc
  ? Omit<L, keyof AnyLinkDoc>
  : never;

/** What links of all kinds are made with. */
export type CommonTerms = Pick<AnyLinkDoc, "label" | "expiresAt">;

/** What somebody asks a share link to be. */
export interface ShareTerms
  extends
    CommonTerms,
    Pick<ShareLinkDoc, "permission" | "maxDownloads" | "notifiesFirstUse" | "passwordHash"> {}

/** What the owner may change of a link of any kind. */
export type CommonChanges = Partial<CommonTerms & Pick<AnyLinkDoc, "isEnabled">>;

/** What the owner may change of a share link. */
export type LinkChanges = Partial<ShareTerms & Pick<AnyLinkDoc, "isEnabled">>;

/** How the requests call what only share links have. */
export const SHARE_FIELDS: Readonly<Partial<Record<keyof LinkChanges, string>>> = {
  permission: "permission",
  passwordHash: "password",
  maxDownloads: "maxDownloads",
  notifiesFirstUse: "notifiesFirstUse",
};

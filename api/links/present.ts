import {
  countedDownloads,
  type GrantLinkDoc,
  type LinkDoc,
  type ShareLinkDoc,
  type UrlLinkDoc,
} from "../../common/links/link.js";
import type { LinkRules } from "../../common/links/policy.js";
import type { OwnLink } from "../../common/links/service.js";
import type { LinkUrls } from "../../common/links/urls.js";
import type { LinkUseDoc } from "../../common/links/uses-repository.js";

const DAY_MS = 86_400_000;

interface Where {
  /** Of the request. */
  readonly base: string;
  readonly urls: Pick<LinkUrls, "of">;
}

/** A link as its owner and its maker see it: with its token. */
export function presentLink({ link, state, path, ownerName }: OwnLink, { base, urls }: Where) {
  const { _id: id, kind, entryId, entryKind, label, isEnabled, createdAt } = link;
  const self = `${base}/links/${id}`;
  return {
    id,
    kind,
    entryId,
    entryKind,
    entryPath: path === "" ? "/" : path,
    owner: { id: link.ownerId, username: ownerName },
    label,
    ...ownFieldsOf(link),
    expiresAt: instant(link.expiresAt),
    state,
    isEnabled,
    createdAt: createdAt.toISOString(),
    lastUsedAt: instant(link.lastUsedAt),
    url: urls.of(link),
    links: { self, log: `${self}/log` },
  };
}

/** What only links of a kind have. */
function ownFieldsOf(link: LinkDoc) {
  switch (link.kind) {
    case "share":
      return shareFields(link);
    case "url":
      return urlFields(link);
    case "grant":
      return grantFields(link);
  }
}

function shareFields(link: ShareLinkDoc) {
  const { permission, passwordHash, maxDownloads, notifiesFirstUse } = link;
  return {
    permission,
    hasPassword: passwordHash !== null,
    maxDownloads,
    downloads: countedDownloads(link),
    notifiesFirstUse,
  };
}

const urlFields = ({ method, versionId, fileName, disposition }: UrlLinkDoc) => ({
  method,
  versionId,
  fileName,
  disposition,
});

function grantFields(link: GrantLinkDoc) {
  const { maxFileBytes, maxBytes, maxFiles, types, namePattern, usedFiles, usedBytes } = link;
  return { maxFileBytes, maxBytes, maxFiles, types, namePattern, usedFiles, usedBytes };
}

/** One use of a link, for its owner. */
export function presentLinkUse(use: LinkUseDoc) {
  const { _id: id, kind, startedAt, lastAt, client, entryId, name } = use;
  const { bytes, sizeBytes, isComplete } = use;
  const { addressPrefix, userAgent } = client;
  return {
    id,
    kind,
    startedAt: startedAt.toISOString(),
    lastAt: lastAt.toISOString(),
    addressPrefix,
    userAgent,
    entryId,
    name,
    bytes,
    sizeBytes,
    isComplete,
  };
}

/** What an account may do by links. */
export function presentLinkRules(rules: LinkRules, maxLinks: number) {
  const { permissions, needsPassword, longestMs } = rules;
  return {
    permissions,
    needsPassword,
    maxDays: longestMs === null ? null : longestMs / DAY_MS,
    maxLinks,
  };
}

const instant = (at: Date | null) => at?.toISOString() ?? null;

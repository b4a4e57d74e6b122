import type { ApiKey } from "../../common/credentials/api-keys.js";

/** An API key as its owner sees it: without its secret. */
export function presentApiKey(apiKey: ApiKey) {
  const { id, name, scopes, expiresAt, rootFolderId, addressRanges } = apiKey;
  const { createdAt, lastUsedAt, client } = apiKey;
  return {
    id,
    name,
    scopes,
    expiresAt: expiresAt?.toISOString() ?? null,
    rootFolderId,
    addressRanges,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    lastUsedFrom: client?.addressPrefix ?? null,
    lastUsedBy: client?.userAgent ?? null,
  };
}

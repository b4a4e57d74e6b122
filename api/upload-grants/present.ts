import type { GrantLinkDoc } from "../../common/links/link.js";
import { GRANT_PREFIX } from "../http/by-link.js";
import type { Standing } from "./standing.js";

/** A new grant, with its token. */
export function presentGrant(link: GrantLinkDoc, token: string) {
  const { maxFileBytes, maxBytes, maxFiles, types, namePattern } = link;
  return {
    id: link._id,
    token: GRANT_PREFIX + token,
    folderId: link.entryId,
    label: link.label,
    maxFileBytes,
    maxBytes,
    maxFiles,
    types,
    namePattern,
    expiresAt: link.expiresAt?.toISOString() ?? null,
  };
}

/** An upload by a grant: as it was sent, and what became of it. */
export const presentGrantFile = ({ use, file }: Standing) => ({
  id: file._id,
  name: use.name,
  sizeBytes: use.bytes,
  state: file.state,
  uploadedAt: use.lastAt.toISOString(),
});

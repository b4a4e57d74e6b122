import type { NamedGroup } from "../../common/sharing/groups.js";
import type { NamedShare } from "../../common/sharing/named-shares.js";

/** A share, for those who may share the entry, and for who was given it. */
export function presentShare(named: NamedShare, base: string) {
  const { share, granteeName, ownerName, makerName, isValid } = named;
  const { _id: id, entryId, entryKind, granteeKind, granteeId, role, createdAt } = share;
  return {
    id,
    entryId,
    entryKind,
    role,
    owner: { id: share.ownerId, username: ownerName },
    grantee: { kind: granteeKind, id: granteeId, name: granteeName },
    by: { id: share.actorId, username: makerName },
    isValid,
    createdAt: createdAt.toISOString(),
    links: { share: `${base}/shares/${id}` },
  };
}

/** A group, for who looks after it and for its members. */
export function presentGroup({ group, ownerName, members }: NamedGroup, base: string) {
  const { _id: id, ownerId, name, createdAt } = group;
  return {
    id,
    name,
    owner: { id: ownerId, username: ownerName },
    members,
    createdAt: createdAt.toISOString(),
    links: { group: `${base}/groups/${id}` },
  };
}

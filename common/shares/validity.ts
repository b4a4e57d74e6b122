import type { Id } from "../platform/ids.js";
import type { ShareDoc } from "./share.js";

/** What decides which shares are valid. */
export interface Shared {
  readonly ownerId: Id;
  /** An entry of the owner and all folders above it, nearest first. */
  readonly way: readonly Id[];
  /** Shares of entries on the way. Those of others are not valid. */
  readonly shares: readonly ShareDoc[];
  /** The members of each group that is a manager. Those who have made no share may be missing. */
  readonly members: ReadonlyMap<Id, readonly Id[]>;
}

/**
 * A share is valid when its maker may share the entry: the owner, or who is a manager of it or of a folder above it by a share that is valid itself. It
 * begins at the owner and goes from each manager to what that one has made. So shares that only lead to each other in a circle are not valid.
 */
export function validShares({ ownerId, way, shares, members }: Shared): ReadonlySet<ShareDoc> {
  const heights = new Map(way.map((entryId, height) => [entryId, height]));
  const made = sharesByMaker(shares);
  const valid = new Set<ShareDoc>();
  /** How far up each account may share. */
  const reach = new Map([[ownerId, way.length]]);
  const next = [ownerId];
  for (let maker = next.pop(); maker !== undefined; maker = next.pop()) {
    for (const share of made.get(maker) ?? []) {
      const height = heights.get(share.entryId);
      if (height === undefined || height > (reach.get(maker) ?? -1)) continue;
      valid.add(share);
      const managers = share.role === "manager" ? accountsOf(share, members) : [];
      for (const manager of managers.filter((id) => height > (reach.get(id) ?? -1))) {
        reach.set(manager, height);
        next.push(manager);
      }
    }
  }
  return valid;
}

function sharesByMaker(shares: readonly ShareDoc[]): ReadonlyMap<Id, readonly ShareDoc[]> {
  const made = new Map<Id, ShareDoc[]>();
  for (const share of shares) {
    const others = made.get(share.actorId);
    if (others === undefined) made.set(share.actorId, [share]);
    else others.push(share);
  }
  return made;
}

function accountsOf(
  { granteeKind, granteeId }: ShareDoc,
  members: Shared["members"],
): readonly Id[] {
  return granteeKind === "account" ? [granteeId] : (members.get(granteeId) ?? []);
}

import type { Filter } from "mongodb";
import type { LinkDoc, LinkState } from "./link.js";

/** As `isUsedUp` tells it of one link. */
const USED_UP = {
  $or: [
    {
      $and: [
        { $eq: ["$kind", "share"] },
        { $ne: ["$maxDownloads", null] },
        {
          $gte: [
            { $subtract: ["$usedDownloads", { $size: { $ifNull: ["$openDownloads", []] } }] },
            "$maxDownloads",
          ],
        },
      ],
    },
    {
      $and: [
        { $eq: ["$kind", "grant"] },
        { $ne: ["$maxFiles", null] },
        { $gte: ["$usedFiles", "$maxFiles"] },
      ],
    },
  ],
};

/** Links that are neither revoked nor expired. */
export const isValidAt = (now: Date): Filter<LinkDoc> => ({
  revokedAt: null,
  $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }],
});

/** Links in a state, as `stateOf` tells it of one link. To be put into an `$and`. */
export function inState(state: LinkState, now: Date): Filter<LinkDoc> {
  switch (state) {
    case "revoked":
      return { revokedAt: { $ne: null } };
    case "expired":
      return { revokedAt: null, expiresAt: { $ne: null, $lte: now } };
    case "disabled":
      return { ...isValidAt(now), isEnabled: false };
    case "used-up":
      return { ...isValidAt(now), isEnabled: true, $expr: USED_UP };
    case "active":
      return { ...isValidAt(now), isEnabled: true, $expr: { $not: [USED_UP] } };
  }
}

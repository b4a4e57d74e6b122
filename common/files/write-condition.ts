import type { Id } from "../platform/ids.js";
import type { FileDoc } from "./file.js";

/**
 * In which state a file, or the file of a name, has to be when it is written (RFC 9110 §13). It is kept with whatever is written
 * later, and decides again at the very moment of writing.
 */
export interface WriteCondition {
  /** One of these versions has to be shown; `any` for whichever; `null` where this is not asked for. */
  ifMatch: "any" | Id[] | null;
  /** None of these versions may be shown; `any`: nothing may be there; `null` where this is not asked for. */
  ifNoneMatch: "any" | Id[] | null;
  /** What is there may not be newer, to the second; missing where this is not asked for. */
  ifUnmodifiedSince?: Date;
}

/** What a condition is about. */
type Shown = Pick<FileDoc, "versionId" | "updatedAt">;

/**
 * @param condition - `null` asks for nothing.
 * @param shown - What is there; `null` where nothing is.
 */
export function isConditionMet(condition: WriteCondition | null, shown: Shown | null): boolean {
  if (condition === null) return true;
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = condition;
  return (
    (ifMatch === null || isAmong(ifMatch, shown)) &&
    (ifNoneMatch === null || !isAmong(ifNoneMatch, shown)) &&
    (ifUnmodifiedSince === undefined || !isNewer(shown, ifUnmodifiedSince))
  );
}

/** Nothing has no date, and so is not newer than any (RFC 9110 §13.1.4). HTTP's dates have no fractions of a second. */
function isNewer(shown: Shown | null, date: Date): boolean {
  return shown !== null && Math.floor(shown.updatedAt.getTime() / 1000) * 1000 > date.getTime();
}

function isAmong(versions: "any" | readonly Id[], shown: Shown | null): boolean {
  return shown !== null && (versions === "any" || versions.includes(shown.versionId));
}

import type { Id } from "../platform/ids.js";

/**
 * What must be true of a file before it is written (RFC 9110 §13). An upload keeps it, and it decides again when the upload is
 * published.
 */
export interface WriteCondition {
  /** The file shows one of these versions; `any`: something has the name. `null`: not asked for. */
  ifMatch: "any" | Id[] | null;
  /** The file shows none of these versions; `any`: nothing has the name. `null`: not asked for. */
  ifNoneMatch: "any" | Id[] | null;
  /** The file is not newer than this, to the second. Missing: not asked for. */
  ifUnmodifiedSince?: Date;
}

/** The entry that a condition is about. A folder has no version: only `any` matches it. */
interface Target {
  readonly versionId?: Id;
  readonly updatedAt: Date;
}

/**
 * @param condition - `null` is always met.
 * @param target - The entry that has the name; `null` for none.
 */
export function isConditionMet(condition: WriteCondition | null, target: Target | null): boolean {
  if (condition === null) return true;
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = condition;
  return (
    (ifMatch === null || isAmong(ifMatch, target)) &&
    (ifNoneMatch === null || !isAmong(ifNoneMatch, target)) &&
    (ifUnmodifiedSince === undefined || !isNewer(target, ifUnmodifiedSince))
  );
}

/** Where there is no entry the condition holds (RFC 9110 §13.1.4). Dates in HTTP have whole seconds. */
function isNewer(target: Target | null, date: Date): boolean {
  return target !== null && Math.floor(target.updatedAt.getTime() / 1000) * 1000 > date.getTime();
}

function isAmong(versions: "any" | readonly Id[], target: Target | null): boolean {
  if (target === null || versions === "any") return target !== null;
  return target.versionId !== undefined && versions.includes(target.versionId);
}

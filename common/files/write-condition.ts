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
}

/** @param shown - What is there; `null` where nothing is. */
export function isConditionMet(
  { ifMatch, ifNoneMatch }: WriteCondition,
  shown: Pick<FileDoc, "versionId"> | null,
): boolean {
  return (
    (ifMatch === null || isAmong(ifMatch, shown)) &&
    (ifNoneMatch === null || !isAmong(ifNoneMatch, shown))
  );
}

function isAmong(
  versions: "any" | readonly Id[],
  shown: Pick<FileDoc, "versionId"> | null,
): boolean {
  return shown !== null && (versions === "any" || versions.includes(shown.versionId));
}

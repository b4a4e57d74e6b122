import type { VersionRules } from "../accounts/version-rules.js";
import type { Id } from "../platform/ids.js";
import type { VersionDoc } from "./version.js";

const DAY_MS = 86_400_000;

/** What of a version decides whether it is kept. */
export type JudgedVersion = Pick<VersionDoc, "_id" | "createdAt" | "label">;

/** What is to be known beside the version itself. */
export interface JudgedAgainst {
  readonly rules: VersionRules;
  /** The version that the file shows. */
  readonly currentId: Id;
  /** The version before it in time; `undefined` for the first. */
  readonly older: JudgedVersion | undefined;
}

/**
 * Says which versions of one file the rules keep, one after the other, from the newest to the oldest. It remembers no more than the one
 * before, so a file may have any number of versions.
 *
 * - The current version and those with a label always stay. A label does not count as one of `maxCount`; the current version does.
 * - The age of a version counts from the moment at which the next one replaced it. So content that was current for a year, and was overwritten
 *   by mistake, is not gone at once.
 * - Days are those of UTC, by the time at which the version was stored. The first of a day is the first of all that there are, whether it
 *   stays or not.
 * - What the other rules remove does not count as one of `maxCount`.
 *
 * What is kept stays kept when it is judged again at the same time.
 */
export class KeepWalk {
  readonly #nowMs: number;
  #replacedAt: Date | undefined;
  /** The current version among them. */
  #count = 1;

  constructor(now: Date) {
    this.#nowMs = now.getTime();
  }

  /** To be asked of each version once, newest first. */
  isKept(version: JudgedVersion, { rules, currentId, older }: JudgedAgainst): boolean {
    const replacedAt = this.#replacedAt ?? version.createdAt;
    this.#replacedAt = version.createdAt;
    if (version._id === currentId || version.label !== null) return true;
    const ageDays = (this.#nowMs - replacedAt.getTime()) / DAY_MS;
    if (ageDays > (rules.maxAgeDays ?? Infinity)) return false;
    const isFirst = older === undefined || dayOf(older) !== dayOf(version);
    if (!isFirst && ageDays > (rules.dailyAfterDays ?? Infinity)) return false;
    if (this.#count >= (rules.maxCount ?? Infinity)) return false;
    this.#count += 1;
    return true;
  }
}

/**
 * The versions of a file that stay.
 *
 * @param versions - All of them, newest first.
 */
export function keptVersions<V extends JudgedVersion>(
  versions: readonly V[],
  { now, ...against }: Omit<JudgedAgainst, "older"> & { readonly now: Date },
): V[] {
  const walk = new KeepWalk(now);
  return versions.filter((version, n) =>
    walk.isKept(version, { ...against, older: versions[n + 1] }),
  );
}

const dayOf = ({ createdAt }: JudgedVersion) => Math.floor(createdAt.getTime() / DAY_MS);

/**
 * Which earlier versions of its files an account keeps. A version stays only if all rules let it stay; `null` is no rule. What they mean exactly:
 * `KeepWalk` (`common/versions/keep-walk.ts`).
 */
export interface VersionRules {
  /** At most so many versions of a file, the current one among them; 1 or more. */
  readonly maxCount: number | null;
  /** How long a version stays after the next one has replaced it, in days; 1 or more. */
  readonly maxAgeDays: number | null;
  /** After so many days, only the first version of each day (UTC) stays; 1 or more. */
  readonly dailyAfterDays: number | null;
}

/** Rules as somebody gives them: what they do not name is no rule. */
export type GivenVersionRules = {
  readonly [R in keyof VersionRules]?: VersionRules[R] | undefined;
};

/** All of the rules that somebody gives. */
export function wholeRules(given: GivenVersionRules): VersionRules {
  const { maxCount = null, maxAgeDays = null, dailyAfterDays = null } = given;
  return { maxCount, maxAgeDays, dailyAfterDays };
}

/** Whether no version is ever removed. */
export function isKeepingAll(rules: VersionRules): boolean {
  return Object.values(rules).every((rule) => rule === null);
}

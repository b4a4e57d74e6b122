import type { VersionRules } from "../accounts/version-rules.js";
import type { ConfigOf } from "../platform/config.js";
import { limitOrOff, seconds, topic } from "../platform/setting.js";

/** Which earlier versions of files are kept. Web processes and the worker read this. */
export const versionRuleSettings = topic("Versions", {
  versionsMaxCount: limitOrOff(
    "VERSIONS_MAX_COUNT",
    "How many versions of a file are kept, the current one among them, unless the account says otherwise; 0 or `off`: all. Those with a label stay, and do not count.",
    0,
  ),
  versionsMaxAgeDays: limitOrOff(
    "VERSIONS_MAX_AGE_DAYS",
    "How long a version is kept after the next one has replaced it, in days, unless the account says otherwise; 0 or `off`: for ever.",
    0,
  ),
  versionsDailyAfterDays: limitOrOff(
    "VERSIONS_DAILY_AFTER_DAYS",
    "After how many days only the first version of each day (UTC) is kept, unless the account says otherwise; 0 or `off`: never.",
    0,
  ),
});

export type VersionRuleSettings = ConfigOf<typeof versionRuleSettings>;

/** All about the rules of versions. The worker reads this. */
export const versionSettings = topic("Versions", {
  ...versionRuleSettings,
  versionsRoundIntervalMs: seconds(
    "VERSIONS_ROUND_INTERVAL_SECONDS",
    "The time between two rounds in which all files are held against these rules, in seconds; 0: with every sweep.",
    { default: 3600, min: 0 },
  ),
});

export type VersionSettings = ConfigOf<typeof versionSettings>;

/** The rules of accounts that have none of their own. */
export function defaultVersionRules(settings: VersionRuleSettings): VersionRules {
  return {
    maxCount: settings.versionsMaxCount,
    maxAgeDays: settings.versionsMaxAgeDays,
    dailyAfterDays: settings.versionsDailyAfterDays,
  };
}

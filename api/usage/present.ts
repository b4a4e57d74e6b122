import type { UsageReport } from "../../common/usage/service.js";
import type { UsageSums } from "../../common/usage/usage.js";

/** What an account stores, by kind. What was never measured is `null`. */
export function presentUsage({ measured, inFlight, usedBytes, limitBytes }: UsageReport) {
  return {
    ...(measured === null ? NOT_MEASURED : presentSums(measured.sums)),
    inFlight,
    measuredAt: measured?.at.toISOString() ?? null,
    usedBytes,
    limitBytes,
  };
}

const NOT_MEASURED = { live: null, versions: null, trash: null, byType: null };

/** The group with the most bytes comes first. */
function presentSums({ live, versions, trash, types }: UsageSums) {
  const byType = Object.entries(types)
    .map(([group, { files, bytes }]) => ({ group, files, bytes }))
    .sort((a, b) => b.bytes - a.bytes || (a.group < b.group ? -1 : 1));
  return { live, versions, trash, byType };
}

import type { ConfigOf } from "../platform/config.js";
import { seconds, topic } from "../platform/setting.js";

/** How long archives can be downloaded. */
export const archiveSettings = topic("Archives", {
  archiveLifetimeMs: seconds(
    "ARCHIVE_LIFETIME_SECONDS",
    "How long an archive can be downloaded, in seconds. What it holds is kept as long, also when it is deleted.",
    { default: 86_400, min: 60, max: 30 * 86_400 },
  ),
});

export type ArchiveSettings = ConfigOf<typeof archiveSettings>;

import type { ConfigOf } from "../platform/config.js";
import { days, topic } from "../platform/setting.js";

/** How long deleted files and folders can be restored. Web processes and the worker read this. */
export const trashSettings = topic("Trash", {
  trashRetentionMs: days(
    "TRASH_RETENTION_DAYS",
    "How long deleted files and folders stay in the trash, in days; 0: they are removed for good at once.",
    { default: 30, min: 0, max: 3650 },
  ),
});

export type TrashSettings = ConfigOf<typeof trashSettings>;

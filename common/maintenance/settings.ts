import type { InspectionSettings } from "../inspection/settings.js";
import type { ConfigOf } from "../platform/config.js";
import { seconds, topic, wholeNumber } from "../platform/setting.js";

const MIB = 1024 ** 2;

/** How often the worker looks after what is stored. */
export const maintenanceSettings = topic("Maintenance", {
  sweepIntervalMs: seconds("SWEEP_INTERVAL_SECONDS", "How often the sweep runs, in seconds.", {
    default: 60,
    min: 1,
  }),
  reconcileIntervalMs: seconds(
    "RECONCILE_INTERVAL_SECONDS",
    "How often usage is recomputed from what is stored, in seconds; 0: with every sweep.",
    { default: 3600, min: 0 },
  ),
  orphanGraceMs: seconds(
    "ORPHAN_GRACE_SECONDS",
    "How long chunks without a file stay before the sweep removes them, in seconds.",
    { default: 3600, min: 0 },
  ),
  accountPurgeDelayMs: seconds(
    "ACCOUNT_PURGE_DELAY_SECONDS",
    "How long the emptied record of a deleted account or folder stays, in seconds: what requests under way still write is removed with it.",
    { default: 120, min: 0 },
  ),
  scrubBytesPerSecond: wholeNumber(
    "SCRUB_BYTES_PER_SECOND",
    "How fast the scrub reads all content again to find damage, in bytes per second; 0: no scrub.",
    { default: 4 * MIB, min: 0 },
  ),
  scrubIntervalDays: wholeNumber(
    "SCRUB_INTERVAL_DAYS",
    "The shortest time between the starts of two rounds of the scrub, in days.",
    { default: 30, min: 0, max: 3650 },
  ),
});

export type MaintenanceSettings = ConfigOf<typeof maintenanceSettings> & InspectionSettings;

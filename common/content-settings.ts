import { archiveSettings } from "./archives/settings.js";
import { contentIndexSettings } from "./content-index/settings.js";
import { eventStreamSettings } from "./events/settings.js";
import { idempotencySettings } from "./idempotency/settings.js";
import { inspectionSettings } from "./inspection/settings.js";
import { jobSettings } from "./jobs/settings.js";
import { scanSettings } from "./scan/settings.js";
import { resumableUploadSettings, uploadSettings } from "./uploads/settings.js";
import { versionRuleSettings } from "./versions/settings.js";

/** What requests about content read: those that send it, those that fetch it, and those that follow what changes. */
export const contentSettings = {
  ...uploadSettings,
  ...inspectionSettings,
  ...archiveSettings,
  ...contentIndexSettings,
  ...jobSettings,
  ...resumableUploadSettings,
  ...idempotencySettings,
  ...scanSettings,
  ...versionRuleSettings,
  ...eventStreamSettings,
};

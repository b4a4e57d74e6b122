import { archiveSettings } from "./archives/settings.js";
import { idempotencySettings } from "./idempotency/settings.js";
import { inspectionSettings } from "./inspection/settings.js";
import { jobSettings } from "./jobs/settings.js";
import { scanSettings } from "./scan/settings.js";
import { resumableUploadSettings, uploadSettings } from "./uploads/settings.js";
import { versionRuleSettings } from "./versions/settings.js";

/** What requests with content read: those that send it, and those that fetch it. */
export const contentSettings = {
  ...uploadSettings,
  ...inspectionSettings,
  ...archiveSettings,
  ...jobSettings,
  ...resumableUploadSettings,
  ...idempotencySettings,
  ...scanSettings,
  ...versionRuleSettings,
};

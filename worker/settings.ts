import { auditSettings } from "../common/audit/settings.js";
import { eventSettings } from "../common/events/settings.js";
import { jobSettings } from "../common/jobs/settings.js";
import { linkSettings } from "../common/links/settings.js";
import { maintenanceSettings } from "../common/maintenance/settings.js";
import { outgoingSettings } from "../common/outgoing-settings.js";
import { pipelineSettings } from "../common/pipeline/settings.js";
import type { ConfigOf } from "../common/platform/config.js";
import { processSettings, siteSettings, storeSettings } from "../common/platform/settings.js";
import { queueSettings } from "../common/queue/settings.js";
import { scanSettings } from "../common/scan/settings.js";
import { storageSettings } from "../common/storage/settings.js";
import { trashSettings } from "../common/trash/settings.js";
import { versionSettings } from "../common/versions/settings.js";
import { resumableUploadSettings } from "../common/uploads/settings.js";

/** Everything that the worker process reads. */
export const workerSettings = {
  ...processSettings,
  ...storeSettings,
  ...storageSettings,
  ...resumableUploadSettings,
  ...queueSettings,
  ...pipelineSettings,
  ...auditSettings,
  ...siteSettings,
  ...outgoingSettings,
  ...trashSettings,
  ...linkSettings,
  ...versionSettings,
  ...scanSettings,
  ...jobSettings,
  ...eventSettings,
  ...maintenanceSettings,
};

export type WorkerConfig = ConfigOf<typeof workerSettings>;

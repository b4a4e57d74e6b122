import { maintenanceSettings } from "../common/maintenance/settings.js";
import type { ConfigOf } from "../common/platform/config.js";
import { processSettings, storeSettings } from "../common/platform/settings.js";
import { queueSettings } from "../common/queue/settings.js";
import { storageSettings } from "../common/storage/settings.js";
import { resumableUploadSettings } from "../common/uploads/settings.js";

/** Everything that the worker process reads. */
export const workerSettings = {
  ...processSettings,
  ...storeSettings,
  ...storageSettings,
  ...resumableUploadSettings,
  ...queueSettings,
  ...maintenanceSettings,
};

export type WorkerConfig = ConfigOf<typeof workerSettings>;

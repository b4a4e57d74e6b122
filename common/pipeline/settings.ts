import { contentIndexSettings } from "../content-index/settings.js";
import { inspectionSettings } from "../inspection/settings.js";
import { mediaSettings } from "../media/settings.js";

/** What the worker reads that does the steps of the pipeline, beside the settings of the virus scanner. */
export const pipelineSettings = {
  ...inspectionSettings,
  ...mediaSettings,
  ...contentIndexSettings,
};

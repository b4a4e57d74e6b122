import type { ConfigOf } from "../platform/config.js";
import { optionalToken, topic } from "../platform/setting.js";

/** Who may read the metrics. */
export const metricsSettings = topic("Metrics", {
  metricsToken: optionalToken(
    "METRICS_TOKEN",
    "The bearer token that /metrics requires. Empty: there is no /metrics.",
  ),
});

export type MetricsSettings = ConfigOf<typeof metricsSettings>;

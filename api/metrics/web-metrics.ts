import type { Metric } from "../../common/metrics/exposition.js";
import { ProcessMetrics } from "../../common/metrics/process-metrics.js";
import {
  openStoreMetrics,
  type StoreMetricsOptions,
} from "../../common/metrics/open-store-metrics.js";
import type { RequestObserver } from "../middleware/observe-requests.js";
import { RequestMetrics } from "./request-metrics.js";

/** Everything that a web process says to Prometheus. */
export interface WebMetrics {
  readonly observeRequest: RequestObserver;
  /** Takes as long as the slowest store may be silent, at most. */
  read(): Promise<Metric[]>;
  stop(): void;
}

export function openWebMetrics(options: StoreMetricsOptions): WebMetrics {
  const requests = new RequestMetrics();
  const ofProcess = new ProcessMetrics();
  const ofStores = openStoreMetrics(options);
  return {
    observeRequest: requests.observe,
    async read() {
      return [...(await ofStores.read()), ...requests.read(), ...ofProcess.read()];
    },
    stop() {
      ofProcess.stop();
    },
  };
}

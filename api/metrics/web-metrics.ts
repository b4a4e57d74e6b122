import { Registry } from "prom-client";
import {
  openStoreMetrics,
  type StoreMetricsOptions,
} from "../../common/metrics/open-store-metrics.js";
import type { RequestObserver } from "../http/every-request.js";
import { observeIn } from "./request-metrics.js";

/** Everything that a web process says to Prometheus. */
export interface WebMetrics {
  readonly observeRequest: RequestObserver;
  /** In the text format 0.0.4. Takes as long as the slowest store may be silent, at most. */
  read(): Promise<string>;
}

interface Options extends StoreMetricsOptions {
  /** What the process says of itself; what it is asked is added. */
  readonly registry: Registry;
}

export function openWebMetrics({ registry, ...stores }: Options): WebMetrics {
  const ofStores = openStoreMetrics(stores);
  return {
    observeRequest: observeIn(registry),
    read: async () => Registry.merge([...(await ofStores.read()), registry]).metrics(),
  };
}

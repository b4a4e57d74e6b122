import { Registry } from "prom-client";
import type { StoreMetrics } from "../../common/metrics/store-metrics.js";
import type { RequestObserver } from "../http/every-request.js";
import { observeIn } from "./request-metrics.js";

/** Everything that a web process says to Prometheus. */
export interface WebMetrics {
  readonly observeRequest: RequestObserver;
  /** In the text format 0.0.4. Takes as long as the slowest store may be silent, at most. */
  read(): Promise<string>;
}

interface Options {
  readonly storeMetrics: StoreMetrics;
  /** What the process says of itself; what it is asked is added. */
  readonly registry: Registry;
}

export function openWebMetrics({ registry, storeMetrics }: Options): WebMetrics {
  return {
    observeRequest: observeIn(registry),
    read: async () => Registry.merge([...(await storeMetrics.read()), registry]).metrics(),
  };
}

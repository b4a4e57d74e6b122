import { Counter, Histogram, Registry } from "prom-client";
import type { StoreMetrics } from "../../common/metrics/store-metrics.js";
import type { RequestObserver } from "../http/every-request.js";

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

/** Other methods count as one: a client can make up any number of them. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** From small answers to uploads of hours, in seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600];

const ROUTE_LABELS = ["method", "route"] as const;

/** What this process was asked and answered. Labels are methods, patterns of routes and classes of statuses, never what a client sent. */
function observeIn(registry: Registry): RequestObserver {
  const registers = [registry];
  const requests = new Counter({
    name: "stowage_http_requests_total",
    help: "Requests that were answered, or cut, by class of status.",
    labelNames: [...ROUTE_LABELS, "status"] as const,
    registers,
  });
  const aborted = new Counter({
    name: "stowage_http_requests_aborted_total",
    help: "Those whose client did not hear the end.",
    labelNames: ROUTE_LABELS,
    registers,
  });
  const durations = new Histogram({
    name: "stowage_http_request_duration_seconds",
    help: "From the whole header of a request to the end of its answer.",
    labelNames: ROUTE_LABELS,
    buckets: DURATION_BOUNDS,
    registers,
  });
  const received = new Counter({
    name: "stowage_http_received_bytes_total",
    help: "Bytes of requests, headers among them.",
    registers,
  });
  const sent = new Counter({
    name: "stowage_http_sent_bytes_total",
    help: "Bytes of answers, headers among them.",
    registers,
  });
  return ({ method: sentMethod, route = "none", status, ...request }) => {
    const method = METHODS.has(sentMethod) ? sentMethod : "other";
    requests.inc({ method, route, status: `${Math.floor(status / 100)}xx` });
    if (request.isAborted) aborted.inc({ method, route });
    durations.observe({ method, route }, request.milliseconds / 1000);
    received.inc(request.bytesIn);
    sent.inc(request.bytesOut);
  };
}

import type { Metric } from "../../common/metrics/exposition.js";
import { Counter, Histogram } from "../../common/metrics/instruments.js";
import type { AnsweredRequest } from "../middleware/observe-requests.js";

/** Other methods count as one: a client can make up any number of them. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** From small answers to uploads of hours, in seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600];

type RouteLabel = "method" | "route";

/** What this process was asked and answered. Labels are methods, patterns of routes and classes of statuses, never what a client sent. */
export class RequestMetrics {
  readonly #requests = new Counter<RouteLabel | "status">({
    name: "stowage_http_requests_total",
    help: "Requests that were answered, or cut, by class of status.",
  });
  readonly #aborted = new Counter<RouteLabel>({
    name: "stowage_http_requests_aborted_total",
    help: "Those whose client did not hear the end.",
  });
  readonly #durations = new Histogram<RouteLabel>({
    name: "stowage_http_request_duration_seconds",
    help: "From the whole header of a request to the end of its answer.",
    bounds: DURATION_BOUNDS,
  });
  readonly #received = new Counter({
    name: "stowage_http_received_bytes_total",
    help: "Bytes of requests, headers among them.",
  });
  readonly #sent = new Counter({
    name: "stowage_http_sent_bytes_total",
    help: "Bytes of answers, headers among them.",
  });

  readonly observe = (request: AnsweredRequest): void => {
    const { route = "none", status, milliseconds, isAborted, bytesIn, bytesOut } = request;
    const method = METHODS.has(request.method) ? request.method : "other";
    this.#requests.add({ method, route, status: `${Math.floor(status / 100)}xx` });
    if (isAborted) this.#aborted.add({ method, route });
    this.#durations.observe({ method, route }, milliseconds / 1000);
    this.#received.add({}, bytesIn);
    this.#sent.add({}, bytesOut);
  };

  read(): Metric[] {
    return [this.#requests, this.#aborted, this.#durations, this.#received, this.#sent].map(
      (each) => each.read(),
    );
  }
}

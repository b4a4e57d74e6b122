import { createApp } from "../../api/app.js";
import type { WebMetrics } from "../../api/metrics/web-metrics.js";
import { Readiness } from "../../common/platform/readiness.js";
import { SessionStore } from "../../common/sessions/store.js";
import type { World } from "./world.js";

/** One method on one path of the application. */
export interface Route {
  readonly method: string;
  /** As its router has it, for example `/api/v1/files/:id`. */
  readonly path: string;
}

interface Layer {
  readonly path: string;
  readonly methods: readonly string[];
}

/** Nothing is measured where nothing is served. */
const NO_METRICS: WebMetrics = {
  observeRequest: () => undefined,
  read: () => Promise.resolve(""),
};

/** Every route of the whole application, as the routers themselves list them. */
export function listRoutes({ config, logs, mongo, redis, services }: World): Route[] {
  const app = createApp({
    config,
    log: logs.log,
    services,
    sessions: new SessionStore({ redis, prefix: config.redisPrefix }),
    readiness: new Readiness({ db: mongo.db, redis, timeoutMs: config.dependencyTimeoutMs }),
    metrics: NO_METRICS,
  });
  return app.middleware
    .flatMap((middleware) =>
      "router" in middleware ? [middleware.router as { stack: Layer[] }] : [],
    )
    .flatMap(({ stack }) => stack)
    .flatMap(({ path, methods }) => methods.map((method) => ({ method, path })));
}

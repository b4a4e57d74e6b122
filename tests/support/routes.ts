import { createApp } from "../../api/app.js";
import {
  type Access,
  accessOf,
  type RequestSchema,
  schemaOf,
  type Step,
} from "../../api/http/route.js";
import type { WebMetrics } from "../../api/metrics/web-metrics.js";
import { Readiness } from "../../common/platform/readiness.js";
import type { World } from "./world.js";

/** One method on one path of the application. */
export interface Route {
  readonly method: string;
  /** As its router has it, for example `/api/v1/files/:id`. */
  readonly path: string;
  /** Who may use it. */
  readonly access: Access | undefined;
  readonly schema: RequestSchema;
}

interface Layer {
  readonly stack: readonly Step<never>[];
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
    product: services,
    readiness: new Readiness({ db: mongo.db, redis, timeoutMs: config.dependencyTimeoutMs }),
    metrics: NO_METRICS,
  });
  return app.middleware
    .flatMap((middleware) =>
      "router" in middleware ? [middleware.router as { stack: Layer[] }] : [],
    )
    .flatMap(({ stack }) => stack)
    .flatMap(({ path, methods, stack: steps }) =>
      methods.map((method) => ({
        method,
        path,
        access: accessOf(steps),
        schema: schemaOf(steps),
      })),
    );
}

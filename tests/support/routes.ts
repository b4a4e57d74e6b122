import { createApp } from "../../api/app.js";
import {
  type Access,
  accessOf,
  costOf,
  kindsOf,
  type RequestSchema,
  schemaOf,
  type Step,
} from "../../api/http/route.js";
import type { Cost } from "../../api/http/rate-limit.js";
import type { WebMetrics } from "../../api/metrics/web-metrics.js";
import type { ProofKind } from "../../api/http/door.js";
import { Readiness } from "../../common/platform/readiness.js";
import type { World } from "./world.js";

/** One method on one path of the application. */
export interface Route {
  readonly method: string;
  /** As its router has it, for example `/api/v1/files/:id`. */
  readonly path: string;
  /** Who may use it. */
  readonly access: Access | undefined;
  /** What it counts as for the rate limits. */
  readonly cost: Cost | undefined;
  /** The kinds of credentials that it accepts; `undefined`: all. */
  readonly by: readonly ProofKind[] | undefined;
  readonly schema: RequestSchema;
}

/** The path of a route as the OpenAPI document has it. */
export const templateOf = (path: string) =>
  path
    .replace(/:(\w+)/g, "{$1}")
    .replace(/\{\*(\w+)\}/g, "{$1}")
    .replace(/\{\/\*(\w+)\}/g, "/{$1}");

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
    readiness: new Readiness({ db: mongo.db, redis, prefix: config.redisPrefix }),
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
        cost: costOf(steps),
        by: kindsOf(steps),
        schema: schemaOf(steps),
      })),
    );
}

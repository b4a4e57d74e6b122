import type Router from "@koa/router";
import Koa from "koa";
import type { Logger } from "../common/platform/log.js";
import type { Readiness } from "../common/platform/readiness.js";
import type { SessionStore } from "../common/sessions/store.js";
import type { WebServices } from "../common/web-services.js";
import { docsRoutes } from "./docs/routes.js";
import { healthRoutes } from "./health/routes.js";
import type { WebMetrics } from "./metrics/web-metrics.js";
import { metricsRoutes } from "./metrics/routes.js";
import { jsonBody } from "./http/json-body.js";
import { everyRequest } from "./middleware/every-request.js";
import type { RequestState } from "./middleware/request-context.js";
import { session } from "./middleware/session.js";
import { apiRoutes } from "./routes.js";
import type { WebConfig } from "./settings.js";

/** What the HTTP application is made of. */
export interface AppParts {
  readonly config: WebConfig;
  readonly log: Logger;
  readonly services: WebServices;
  readonly sessions: SessionStore;
  readonly readiness: Readiness;
  readonly metrics: WebMetrics;
}

/** The whole HTTP application, listening nowhere yet. */
export function createApp(parts: AppParts): Koa {
  const { config, log, metrics } = parts;
  const app = new Koa();
  const observers = [metrics.observeRequest];
  for (const middleware of everyRequest({
    log,
    trustProxyHops: config.trustProxyHops,
    observers,
  })) {
    app.use(middleware);
  }
  for (const router of createRouters(app, parts)) app.use(router.routes());
  // What fails after the header of an answer was sent reaches nobody else.
  app.on("error", (error: Error, ctx?: Koa.ParameterizedContext<RequestState>) => {
    if (ctx !== undefined && isClientGone(error, ctx)) return;
    (ctx?.state.log ?? log).error({ err: error }, "An answer was cut");
  });
  return app;
}

function createRouters(
  app: Koa,
  { config, log, services, sessions, readiness, metrics }: AppParts,
): Router[] {
  return [
    healthRoutes({ readiness }),
    metricsRoutes({ readMetrics: () => metrics.read(), token: config.metricsToken }),
    docsRoutes(),
    apiRoutes({
      services,
      session: session({
        app,
        log,
        store: sessions,
        secrets: config.sessionSecrets,
        maxAgeMs: config.sessionMaxAgeMs,
      }),
      jsonBody: jsonBody({
        maxBytes: config.maxFieldBytes,
        timeoutMs: config.uploadIdleTimeoutMs,
      }),
      uploadLimits: uploadLimits(config),
    }),
  ];
}

/** Clients may go away at any time; the request's own line in the log says that this one did. */
function isClientGone(
  error: Error & { code?: string },
  { req }: Koa.ParameterizedContext,
): boolean {
  return error === req.socket.errored || error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

function uploadLimits(config: WebConfig) {
  return {
    pace: {
      idleTimeoutMs: config.uploadIdleTimeoutMs,
      minBytesPerSecond: config.minUploadBytesPerSecond,
    },
    maxFileBytes: config.maxFileBytes,
    maxFiles: config.maxFilesPerUpload,
    maxFieldBytes: config.maxFieldBytes,
  };
}

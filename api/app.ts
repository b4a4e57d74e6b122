import Koa from "koa";
import type { Accounts } from "../common/accounts/service.js";
import type { Logger } from "../common/platform/log.js";
import type { Readiness } from "../common/platform/readiness.js";
import type { WebProduct } from "../common/product.js";
import { loadDocsAssets } from "./docs/page.js";
import { problemJson } from "./http/answer-errors.js";
import type { Context, Door } from "./http/door.js";
import { everyRequest } from "./http/every-request.js";
import { jsonReader } from "./http/json-body.js";
import { createRouter } from "./http/route.js";
import type { WebMetrics } from "./metrics/web-metrics.js";
import { AssetBundle } from "./pages/assets.js";
import { errorPage } from "./pages/error-page.js";
import type { PageAssets } from "./pages/routes.js";
import { allRoutes } from "./routes.js";
import { CookieSessions, sessionCredential } from "./sessions/cookie-sessions.js";
import type { WebConfig } from "./settings.js";

/** What the HTTP application is made of. */
export interface AppParts {
  readonly config: WebConfig;
  readonly log: Logger;
  readonly product: Omit<WebProduct, "close" | "storeMetrics">;
  readonly readiness: Readiness;
  readonly metrics: WebMetrics;
}

/** The whole HTTP application, listening nowhere yet. */
export function createApp({ config, log, product, readiness, metrics }: AppParts): Koa {
  const app = new Koa();
  const sessions = new CookieSessions({
    app,
    log,
    store: product.sessions,
    secrets: config.sessionSecrets,
    maxAgeMs: config.sessionMaxAgeMs,
  });
  const assets = { plain: new AssetBundle(), docs: loadDocsAssets() };
  const doors = openDoors({ config, sessions, accounts: product.accounts, assets });
  const { trustProxyHops } = config;
  const observers = [metrics.observeRequest];
  for (const middleware of everyRequest({ log, trustProxyHops, observers, doorOf: doors })) {
    app.use(middleware);
  }
  const mounts = allRoutes({
    product,
    sessions,
    assets,
    limits: uploadLimits(config),
    readiness,
    readMetrics: () => metrics.read(),
    metricsToken: config.metricsToken,
  });
  app.use(createRouter(mounts).routes());
  // Nothing else hears of an error after the header of an answer was sent.
  app.on("error", (error: Error, ctx?: Context) => {
    if (ctx !== undefined && isClientGone(error, ctx)) return;
    (ctx?.state.log ?? log).error({ err: error }, "An answer was cut");
  });
  return app;
}

interface DoorParts {
  readonly config: WebConfig;
  readonly sessions: CookieSessions;
  readonly accounts: Accounts;
  readonly assets: PageAssets;
}

/** Paths that programs read; all other paths are for people. */
const FOR_PROGRAMS = /^\/(?:api|healthz|readyz|metrics|openapi\.json)(?:\/|$)/;

/** The door of a path: the API's, or that of the pages. They differ in how they show errors. */
function openDoors({ config, sessions, accounts, assets }: DoorParts): (path: string) => Door {
  const api: Door = {
    credentials: [sessionCredential({ sessions, accounts })],
    errors: problemJson,
    readJson: jsonReader({
      maxBytes: config.maxFieldBytes,
      timeoutMs: config.uploadIdleTimeoutMs,
    }),
  };
  const pages: Door = { ...api, errors: errorPage(assets.plain) };
  return (path) => (FOR_PROGRAMS.test(path) ? api : pages);
}

/** Clients may go away at any time; the request's own line in the log says that this one did. */
function isClientGone(error: Error & { code?: string }, { req }: Context): boolean {
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

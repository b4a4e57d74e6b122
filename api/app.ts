import Koa from "koa";
import { NotFoundError } from "../common/platform/errors.js";
import { QuarantinedError } from "../common/storage/errors.js";
import type { Logger } from "../common/platform/log.js";
import type { Readiness } from "../common/platform/readiness.js";
import type { WebProduct } from "../common/product.js";
import { apiKeyCredential, basicCredential } from "./api-keys/credentials.js";
import { problemJson } from "./http/answer-errors.js";
import type { Context, Door } from "./http/door.js";
import { everyRequest } from "./http/every-request.js";
import { formReader } from "./http/form-body.js";
import { jsonReader } from "./http/json-body.js";
import { createRouter } from "./http/route.js";
import type { WebMetrics } from "./metrics/web-metrics.js";
import { loadPageAssets } from "./pages/load-assets.js";
import { errorPage } from "./pages/error-page.js";
import type { PageAssets } from "./pages/routes.js";
import { allRoutes } from "./routes.js";
import { CookieSessions, sessionCredential } from "./sessions/cookie-sessions.js";
import { tokenCredential } from "./tokens/credential.js";
import { grantCredential } from "./upload-grants/credential.js";
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
    publicUrl: config.publicUrl,
  });
  const assets = loadPageAssets();
  const doors = openDoors({ config, sessions, product, log, assets });
  const { rateLimits } = product;
  const observers = [metrics.observeRequest];
  const around = { ...config, log, observers, doorOf: doors, rateLimits, events: product };
  for (const middleware of everyRequest(around)) app.use(middleware);
  const mounts = allRoutes({
    product,
    sessions,
    assets,
    limits: uploadLimits(config),
    trashRetentionMs: config.trashRetentionMs,
    readiness,
    readMetrics: () => metrics.read(),
    metricsToken: config.metricsToken,
    adminUsername: config.adminUsername,
  });
  app.use(createRouter(mounts).routes());
  // Nothing else hears of an error after the header of an answer was sent.
  app.on("error", (error: Error, ctx?: Context) => {
    if (ctx !== undefined && isClientGone(error, ctx)) return;
    const logger = ctx?.state.log ?? log;
    // The file was deleted or put into quarantine meanwhile, or a share was taken back.
    if (error instanceof NotFoundError || error instanceof QuarantinedError)
      logger.info("An answer was cut: its content is gone");
    else logger.error({ err: error }, "An answer was cut");
  });
  return app;
}

interface DoorParts {
  readonly config: WebConfig;
  readonly sessions: CookieSessions;
  readonly product: Pick<WebProduct, "accounts" | "apiKeys" | "tokens" | "linkEntrance" | "access">;
  readonly log: Logger;
  readonly assets: PageAssets;
}

/** Paths that programs read; all other paths are for people, and so is the way to an OpenID provider and back. */
const FOR_PROGRAMS =
  /^\/(?:api(?!(?:\/v1)?\/login\/oidc)|\.well-known|healthz|readyz|metrics|openapi\.json)(?:\/|$)/;

/** The door of a path: the API's, or that of the pages. They differ in how they show errors. */
function openDoors({ config, sessions, product, log, assets }: DoorParts): (path: string) => Door {
  const { accounts, apiKeys, tokens } = product;
  const api: Door = {
    // The first that a request has counts.
    credentials: [
      grantCredential(product),
      apiKeyCredential({ accounts, apiKeys }),
      tokenCredential({ tokens, log }),
      basicCredential({ accounts, apiKeys }),
      sessionCredential({ accounts, sessions }),
    ],
    errors: problemJson,
    readJson: jsonReader({
      maxBytes: config.maxFieldBytes,
      timeoutMs: config.uploadIdleTimeoutMs,
    }),
  };
  const readJson = formReader({
    readJson: api.readJson,
    maxBytes: config.maxFieldBytes,
    pace: { idleTimeoutMs: config.uploadIdleTimeoutMs, minBytesPerSecond: 0 },
  });
  const pages: Door = { ...api, errors: errorPage(assets.plain), readJson };
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

import Router from "@koa/router";
import type { Middleware } from "koa";
import type { WebServices } from "../common/web-services.js";
import { accountRoutes } from "./accounts/routes.js";
import { fileRoutes } from "./files/routes.js";
import { API_PREFIXES } from "./http/api-base.js";
import { EXACT_PATHS } from "./http/exact-paths.js";
import { authenticate } from "./middleware/authenticate.js";
import { sessionCredential } from "./sessions/session-credential.js";
import type { UploadLimits } from "./uploads/limits.js";
import { tusRoutes } from "./uploads/tus/routes.js";
import { uploadRoutes } from "./uploads/routes.js";

interface Options {
  readonly services: WebServices;
  readonly session: Middleware;
  readonly jsonBody: Middleware;
  readonly uploadLimits: UploadLimits;
}

/** The API's routes, once under each prefix. */
export function apiRoutes({ services, session, jsonBody, uploadLimits }: Options): Router {
  const { accounts, files, uploads, idempotencyKeys, resumableUploads, concatenation } = services;
  const isSignedIn = authenticate([sessionCredential(accounts)]);
  const routers = [
    accountRoutes({ accounts, jsonBody, authenticate: isSignedIn }),
    uploadRoutes({
      uploads,
      idempotencyKeys,
      limits: uploadLimits,
      authenticate: isSignedIn,
    }),
    tusRoutes({
      uploads: resumableUploads,
      concatenation,
      limits: uploadLimits,
      authenticate: isSignedIn,
    }),
    fileRoutes({ files, authenticate: isSignedIn }),
  ];

  const api = new Router(EXACT_PATHS);
  for (const prefix of API_PREFIXES) {
    api.use(prefix, session, ...routers.map((router) => router.routes()));
  }
  return api;
}

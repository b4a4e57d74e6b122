import Router from "@koa/router";
import type { Middleware } from "koa";
import type { WebServices } from "../common/web-services.js";
import { accountRoutes } from "./accounts/routes.js";
import { fileRoutes } from "./files/routes.js";
import { API_PREFIXES } from "./http/api-base.js";
import { type AuthState, authenticate } from "./middleware/authenticate.js";
import { sessionCredential } from "./sessions/session-credential.js";
import { uploadRoutes, type UploadLimits } from "./uploads/routes.js";

interface Options {
  readonly services: WebServices;
  readonly session: Middleware;
  readonly jsonBody: Middleware;
  readonly uploadLimits: UploadLimits;
}

/** The API's routes, once under each prefix. */
export function apiRoutes({ services, session, jsonBody, uploadLimits }: Options): Router {
  const { accounts, files, uploads } = services;
  const isSignedIn = authenticate([sessionCredential(accounts)]);
  const forEverybody = accountRoutes({ accounts, jsonBody, authenticate: isSignedIn });
  const forAccounts = new Router<AuthState>()
    .use(isSignedIn)
    .use(uploadRoutes({ uploads, limits: uploadLimits }).routes())
    .use(fileRoutes({ files }).routes());

  const api = new Router();
  for (const prefix of API_PREFIXES) {
    api.use(prefix, session, forEverybody.routes(), forAccounts.routes());
  }
  return api;
}

import type { Socket } from "node:net";
import type Koa from "koa";
import { newId } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import type { RateLimits } from "../../common/rate-limits/service.js";
import type { CorsOrigins } from "../../common/platform/origin-setting.js";
import { answerErrors } from "./answer-errors.js";
import { isBearer } from "./authorization.js";
import { causesEvents } from "./causes-events.js";
import { crossOrigin } from "./cors.js";
import type { Door, RequestState } from "./door.js";
import { CrossSiteRequestError } from "./errors.js";
import { absoluteLocation } from "./location.js";
import { findOtherSite, resolveClient } from "./origin.js";
import { warnOfProxy } from "./proxy-warning.js";
import { whenClosed } from "./when-closed.js";

type Middleware = Koa.Middleware<RequestState>;

interface Options {
  readonly log: Logger;
  /** `TRUST_PROXY_HOPS`: how many proxies of ours stand before this process. */
  readonly trustProxyHops: number;
  /** `PUBLIC_URL`: where clients reach this process, if it is not told by the request. */
  readonly publicUrl?: URL | undefined;
  /** `CORS_ORIGINS`. Default: no origin. */
  readonly corsOrigins?: CorsOrigins;
  /** The door that a path belongs to. */
  readonly doorOf: (path: string) => Door;
  /** By default nothing is limited. */
  readonly rateLimits?: RateLimits;
  /** Who is told of the events that requests cause. By default nobody. */
  readonly events?: Parameters<typeof causesEvents>[0];
  /** Told of each answered request, beside the log. */
  readonly observers?: readonly RequestObserver[];
}

/** What happens around every request, whatever its route, from the outside in. */
export function everyRequest(options: Options): Middleware[] {
  return [
    requestContext(options),
    observeRequests([logRequests(options.log), ...(options.observers ?? [])]),
    ...warnOfProxy(options),
    securityHeaders(options),
    ...crossOrigin(options),
    answerErrors,
    refuseCrossSite(options),
    absoluteLocation(options.publicUrl),
    ...(options.events === undefined ? [] : [causesEvents(options.events)]),
  ];
}

/**
 * Gives the request its id, its logger, its client and its door. `ctx.ip`, `ctx.protocol`, `ctx.secure` and `ctx.host` follow the
 * counted hops from here on, instead of Koa's `proxy` option, which believes the client's own entries. `ctx.secure` is also true where
 * `PUBLIC_URL` says that clients come over TLS.
 */
function requestContext(options: Options): Middleware {
  const { log, trustProxyHops, publicUrl, doorOf, rateLimits } = options;
  return (ctx, next) => {
    const requestId = newId();
    const client = resolveClient(
      {
        remoteAddress: ctx.req.socket.remoteAddress,
        isEncrypted: "encrypted" in ctx.req.socket,
        headers: ctx.req.headers,
      },
      trustProxyHops,
    );
    Object.defineProperties(ctx.request, {
      ip: { value: client.ip },
      protocol: { value: client.protocol },
      // Koa makes cookies `Secure` by this.
      secure: { value: client.protocol === "https" || publicUrl?.protocol === "https:" },
      host: { value: client.host },
    });
    Object.assign(ctx.state, { requestId, client, door: doorOf(ctx.path), rateLimits });
    // Most requests have nothing to log but their own line.
    Object.defineProperty(ctx.state, "log", { get: () => log.child({ requestId }) });
    ctx.set("X-Request-Id", requestId);
    return next();
  };
}

/** A request whose answer is finished or cut. */
export interface AnsweredRequest {
  readonly method: string;
  /**
   * The pattern that matched (`/api/v1/files/:id`), never the path or the query, which may hold a file's name or a secret
   * link. `undefined` where none did.
   */
  readonly route: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
  /** Bytes on the wire, headers among them. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Whether the client did not get the whole answer. */
  readonly isAborted: boolean;
}

/** Called once for each request, when its answer is finished or cut. */
export type RequestObserver = (request: AnsweredRequest, state: RequestState) => void;

function observeRequests(observers: readonly RequestObserver[]): Middleware {
  const countBytes = byteCounter();
  return async (ctx, next) => {
    const startedAt = performance.now();
    const { res, state } = ctx;
    const tell = () => {
      const request = {
        method: ctx.method,
        route: routeOf(ctx),
        status: res.statusCode,
        milliseconds: performance.now() - startedAt,
        ...countBytes(ctx.req.socket),
        isAborted: !res.writableFinished,
      };
      for (const observe of observers) observe(request, state);
    };
    try {
      await next();
    } finally {
      whenClosed(res, tell);
    }
  };
}

/** The bytes that a connection has moved since the last call: its requests come one after the other. */
function byteCounter() {
  const counted = new WeakMap<Socket, { bytesIn: number; bytesOut: number }>();
  return (socket: Socket) => {
    const before = counted.get(socket) ?? { bytesIn: 0, bytesOut: 0 };
    const now = { bytesIn: socket.bytesRead, bytesOut: socket.bytesWritten };
    counted.set(socket, now);
    return { bytesIn: now.bytesIn - before.bytesIn, bytesOut: now.bytesOut - before.bytesOut };
  };
}

/** The route that took the request, as `@koa/router` notes it. */
function routeOf(ctx: object): string | undefined {
  const route = "_matchedRoute" in ctx ? ctx._matchedRoute : undefined;
  return typeof route === "string" ? route : undefined;
}

/** Logs one line per request. */
function logRequests(log: Logger): RequestObserver {
  // All fields are named here, and none is a secret: searching them for secrets costs more than the rest of the line.
  const lines = log.child({}, { redact: [] });
  return ({ method, route, status, milliseconds, isAborted, bytesIn, bytesOut }, state) => {
    lines.info(
      {
        requestId: state.requestId,
        method,
        route,
        status,
        problemCode: state.problemCode,
        ms: Math.round(milliseconds),
        bytesIn,
        bytesOut,
        actorId: state.actor?.id,
        linkId: state.linkId,
        ip: state.client.ip,
        isAborted,
      },
      "Request",
    );
  };
}

/** What every answer says unless its route says otherwise: it is private data of this site, and nothing to be run. */
const SECURITY_HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** RFC 6797: for a year a browser uses TLS alone. What else is below our host name is not known, so that is not included. */
const TLS_ONLY = { "Strict-Transport-Security": "max-age=31536000" };

function securityHeaders({ publicUrl }: Options): Middleware {
  const isTls = publicUrl?.protocol === "https:";
  const headers = { ...SECURITY_HEADERS, ...(isTls && TLS_ONLY) };
  return (ctx, next) => {
    ctx.set(headers);
    return next();
  };
}

/** RFC 9110 §9.2.1: these change nothing, and no page of another site can read their answers. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what a page of another site makes a browser send with an unsafe method, unless its origin is allowed: it has no cookies then.
 * Bearer credentials are exempt: no browser sends them by itself, as it sends a cookie or Basic credentials, and with them a cookie does
 * not count.
 *
 * @throws {@link CrossSiteRequestError}
 */
function refuseCrossSite({ publicUrl }: Options): Middleware {
  return (ctx, next) => {
    const isExempt = SAFE_METHODS.has(ctx.method) || isBearer(ctx.req.headers);
    if (!isExempt && ctx.state.isAllowedOrigin !== true) {
      const reason = findOtherSite(ctx.req.headers, { client: ctx.state.client, publicUrl });
      if (reason !== undefined) throw new CrossSiteRequestError(reason);
    }
    return next();
  };
}

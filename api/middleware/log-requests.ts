import type { Socket } from "node:net";
import type Koa from "koa";
import type { Actor } from "../../common/accounts/actor.js";
import type { RequestState } from "./request-context.js";

interface LoggedState extends RequestState {
  actor?: Actor;
}

/**
 * Logs one line per request when its answer is finished or cut: method, route, status, duration, bytes on the wire, account,
 * and whether the client heard the end.
 *
 * The route is the pattern that matched (`/api/v1/files/:id`), never the path or the query: what stands there may be a file's
 * name or a secret link.
 */
export function logRequests(): Koa.Middleware<LoggedState> {
  const countedBytes = new WeakMap<Socket, { bytesIn: number; bytesOut: number }>();

  const countBytes = (socket: Socket) => {
    const before = countedBytes.get(socket) ?? { bytesIn: 0, bytesOut: 0 };
    const now = { bytesIn: socket.bytesRead, bytesOut: socket.bytesWritten };
    countedBytes.set(socket, now);
    return { bytesIn: now.bytesIn - before.bytesIn, bytesOut: now.bytesOut - before.bytesOut };
  };

  return async (ctx, next) => {
    const startedAt = performance.now();
    const { res, state } = ctx;
    const log = () => {
      state.log.info(
        {
          method: ctx.method,
          route: routeOf(ctx),
          status: res.statusCode,
          problemCode: state.problemCode,
          ms: Math.round(performance.now() - startedAt),
          ...countBytes(ctx.req.socket),
          accountId: state.actor?.accountId,
          ip: state.client.ip,
          isAborted: !res.writableFinished,
        },
        "Request",
      );
    };
    try {
      await next();
    } finally {
      // Where the client went away before, what came of the request is known only now.
      if (res.destroyed) log();
      else res.once("close", log);
    }
  };
}

/** What `@koa/router` notes about the route that took the request. */
function routeOf(ctx: object): string | undefined {
  const route = "_matchedRoute" in ctx ? ctx._matchedRoute : undefined;
  return typeof route === "string" ? route : undefined;
}

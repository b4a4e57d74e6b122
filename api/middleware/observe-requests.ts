import type { Socket } from "node:net";
import type Koa from "koa";
import type { Actor } from "../../common/access/actor.js";
import type { RequestState } from "./request-context.js";

export interface ObservedState extends RequestState {
  actor?: Actor;
}

/** A request whose answer is finished or cut. */
export interface AnsweredRequest {
  readonly method: string;
  /**
   * The pattern that matched (`/api/v1/files/:id`), never the path or the query: what stands there may be a file's name or a
   * secret link. `undefined` where none did.
   */
  readonly route: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
  /** Bytes on the wire, headers among them. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Whether the client did not hear the end. */
  readonly isAborted: boolean;
}

/** Called once for each request, when its answer is finished or cut. */
export type RequestObserver = (request: AnsweredRequest, state: ObservedState) => void;

/** Tells observers what came of each request. */
export function observeRequests(
  observers: readonly RequestObserver[],
): Koa.Middleware<ObservedState> {
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
      // Where the client went away before, what came of the request is known only now.
      if (res.destroyed) tell();
      else res.once("close", tell);
    }
  };
}

/** What a connection has moved since it was asked last: requests come over it one after the other. */
function byteCounter() {
  const counted = new WeakMap<Socket, { bytesIn: number; bytesOut: number }>();
  return (socket: Socket) => {
    const before = counted.get(socket) ?? { bytesIn: 0, bytesOut: 0 };
    const now = { bytesIn: socket.bytesRead, bytesOut: socket.bytesWritten };
    counted.set(socket, now);
    return { bytesIn: now.bytesIn - before.bytesIn, bytesOut: now.bytesOut - before.bytesOut };
  };
}

/** What `@koa/router` notes about the route that took the request. */
function routeOf(ctx: object): string | undefined {
  const route = "_matchedRoute" in ctx ? ctx._matchedRoute : undefined;
  return typeof route === "string" ? route : undefined;
}

import type Koa from "koa";
import type { ErrorCode } from "../../common/platform/errors.js";
import { newId, type Id } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import { type Client, resolveClient } from "../http/origin.js";

/** What every request's `ctx.state` holds. */
export interface RequestState {
  /** Names the request in the log, in `X-Request-Id` and in problems. Always our own: one from outside is not believed. */
  requestId: Id;
  /** Writes entries that carry the request id. */
  log: Logger;
  client: Client;
  /** The code of the problem that is the answer, if it is one. */
  problemCode?: ErrorCode;
}

interface Options {
  readonly log: Logger;
  /** `TRUST_PROXY_HOPS`: how many proxies of ours stand before this process. */
  readonly trustProxyHops: number;
}

/**
 * Gives the request its id, its logger and its client. `ctx.ip`, `ctx.protocol`, `ctx.secure` and `ctx.host` follow the
 * counted hops from here on, instead of Koa's `proxy` option, which believes the client's own entries.
 */
export function requestContext({ log, trustProxyHops }: Options): Koa.Middleware<RequestState> {
  return async (ctx, next) => {
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
      host: { value: client.host },
    });
    Object.assign(ctx.state, { requestId, client });
    // Most requests have nothing to log but their own line.
    Object.defineProperty(ctx.state, "log", { get: () => log.child({ requestId }) });
    ctx.set("X-Request-Id", requestId);
    await next();
  };
}

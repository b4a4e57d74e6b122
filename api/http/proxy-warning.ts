import type Koa from "koa";
import { isPrivate } from "../../common/platform/network.js";
import type { Logger } from "../../common/platform/log.js";
import type { RequestState } from "./door.js";

/** After so many requests it is no accident. */
const REQUESTS = 20;

interface Options {
  readonly log: Logger;
  readonly trustProxyHops: number;
}

/**
 * Warns once when all requests seem to come through one proxy that nobody has told this process of: they have `X-Forwarded-For`, and come from
 * one private address. All clients would be one then, for the rate limits and in the logs.
 */
export function warnOfProxy({ log, trustProxyHops }: Options): Koa.Middleware<RequestState>[] {
  if (trustProxyHops > 0) return [];
  const seen = new Set<string>();
  let count = 0;
  return [
    (ctx, next) => {
      if (count >= REQUESTS || ctx.req.headers["x-forwarded-for"] === undefined) return next();
      const { ip } = ctx.state.client;
      seen.add(ip);
      // Several addresses, or one of the internet, are not one proxy.
      count = seen.size === 1 && isPrivate(ip) ? count + 1 : Number.POSITIVE_INFINITY;
      if (count === REQUESTS) {
        log.warn(
          { address: ip, requests: count },
          "All clients seem to come from one address: set TRUST_PROXY_HOPS to the number of proxies in front",
        );
      }
      return next();
    },
  ];
}

import type Koa from "koa";
import type { Logger } from "../../common/platform/log.js";
import { translateMongoError } from "../../common/platform/mongo.js";
import { answerProblems } from "./answer-problems.js";
import { logRequests } from "./log-requests.js";
import { refuseCrossSite } from "./refuse-cross-site.js";
import { requestContext, type RequestState } from "./request-context.js";
import { securityHeaders } from "./security-headers.js";

interface Options {
  readonly log: Logger;
  readonly trustProxyHops: number;
}

/** What happens around every request, whatever its route, from the outside in. */
export function everyRequest(options: Options): Koa.Middleware<RequestState>[] {
  return [
    requestContext(options),
    logRequests(),
    securityHeaders(),
    answerProblems({ translate: translateMongoError }),
    refuseCrossSite(),
  ];
}

import type Koa from "koa";
import type { Logger } from "../../common/platform/log.js";
import { translateMongoError } from "../../common/platform/mongo.js";
import { answerProblems } from "./answer-problems.js";
import { logRequests } from "./log-request.js";
import { observeRequests, type RequestObserver } from "./observe-requests.js";
import { refuseCrossSite } from "./refuse-cross-site.js";
import { requestContext, type RequestState } from "./request-context.js";
import { securityHeaders } from "./security-headers.js";

interface Options {
  readonly log: Logger;
  readonly trustProxyHops: number;
  /** Hear of each answered request, beside the log. */
  readonly observers?: readonly RequestObserver[];
}

/** What happens around every request, whatever its route, from the outside in. */
export function everyRequest(options: Options): Koa.Middleware<RequestState>[] {
  return [
    requestContext(options),
    observeRequests([logRequests(options.log), ...(options.observers ?? [])]),
    securityHeaders(),
    answerProblems({ translate: translateMongoError }),
    refuseCrossSite(),
  ];
}

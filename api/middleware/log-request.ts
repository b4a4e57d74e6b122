import type { Logger } from "../../common/platform/log.js";
import type { RequestObserver } from "./observe-requests.js";

/** Logs the line of a request: method, route, status, duration, bytes on the wire, actor, and whether the client heard the end. */
export function logRequests(log: Logger): RequestObserver {
  // All fields are named here, and none is a secret: looking for one costs more than the rest of the line.
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
        ip: state.client.ip,
        isAborted,
      },
      "Request",
    );
  };
}

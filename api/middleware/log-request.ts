import type { AnsweredRequest, ObservedState } from "./observe-requests.js";

/** Logs the line of a request: method, route, status, duration, bytes on the wire, account, and whether the client heard the end. */
export function logRequest(request: AnsweredRequest, state: ObservedState): void {
  const { milliseconds, isAborted, bytesIn, bytesOut, ...asked } = request;
  state.log.info(
    {
      ...asked,
      problemCode: state.problemCode,
      ms: Math.round(milliseconds),
      bytesIn,
      bytesOut,
      accountId: state.actor?.accountId,
      ip: state.client.ip,
      isAborted,
    },
    "Request",
  );
}

import type { Duplex } from "node:stream";
import type { AppError } from "../../common/platform/errors.js";
import { newId } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import {
  HeaderTooLargeError,
  IncompleteBodyError,
  MalformedBodyError,
  MalformedRequestError,
  RequestTimeoutError,
} from "./errors.js";
import { closeLingering, type Connections, type ConnectionState } from "./connections.js";
import { problemMessage, toProblem } from "./problem.js";

/** What Node's HTTP parser reports: a code of llhttp or of Node, and the bytes that were not understood. */
export interface ConnectionError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

interface Options {
  readonly log: Logger;
  readonly maxHeaderBytes: number;
  readonly connections: Pick<Connections, "stateOf" | "closeAfterAnswer">;
}

/**
 * Answers what is no HTTP request, or no longer one, with a problem and closes the connection. Where it stands behind a
 * request that is still being answered, that answer is the last. Where nobody listens any more, it only closes.
 */
export function createBrokenConnectionHandler({ log, maxHeaderBytes, connections }: Options) {
  const lingering = new WeakMap<Duplex, ReturnType<typeof closeLingering>>();

  return (error: ConnectionError, socket: Duplex): void => {
    // The parser reports each further packet of a connection that it has given up.
    const limit = lingering.get(socket);
    if (limit !== undefined) {
      limit.count(error.rawPacket?.length ?? 0);
      return;
    }
    const state = connections.stateOf(socket);
    const refusal = refusalOf(error, state, maxHeaderBytes);
    if (refusal === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    if (state === "busy") {
      connections.closeAfterAnswer(socket);
      return;
    }
    const problem = toProblem(refusal, newId());
    const { requestId, code, status } = problem.body;
    log.info({ requestId, code, status, reason: error.code }, "Refused a broken request");
    // A running request must learn at once that the rest of its body will never come, so here is no time to linger.
    if (state === "receiving") socket.end(problemMessage(problem), () => socket.destroy());
    else lingering.set(socket, closeLingering(socket, problemMessage(problem)));
  };
}

/** `undefined` where the connection itself is gone. */
function refusalOf(
  { code = "" }: ConnectionError,
  state: ConnectionState,
  maxHeaderBytes: number,
): AppError | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RequestTimeoutError();
  if (code === "HPE_HEADER_OVERFLOW") return new HeaderTooLargeError(maxHeaderBytes);
  if (!code.startsWith("HPE_")) return undefined;
  if (state !== "receiving") return new MalformedRequestError("The request is not HTTP/1.1");
  if (code === "HPE_INVALID_EOF_STATE") return new IncompleteBodyError();
  return new MalformedBodyError("The chunks of the body are not valid HTTP/1.1");
}

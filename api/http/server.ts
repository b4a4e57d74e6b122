import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AppError } from "../../common/platform/errors.js";
import { newId } from "../../common/platform/ids.js";
import type { Logger } from "../../common/platform/log.js";
import { isBodyPending } from "./body.js";
import { createBrokenConnectionHandler } from "./broken-connection.js";
import { closeLingering, Connections } from "./connections.js";
import { MalformedRequestError } from "./errors.js";
import { problemMessage, sendProblem, toProblem } from "./problem.js";
import { checkHead } from "./request-head.js";

const MAX_HEADER_BYTES = 16 * 1024;

interface Options {
  readonly log: Logger;
  /** How long the header of a request may take to arrive, in milliseconds; 20 s by default. */
  readonly headersTimeoutMs?: number;
  /** How long a connection waits for its next request, in milliseconds; 95 s by default, longer than proxies keep theirs. */
  readonly keepAliveTimeoutMs?: number;
  /**
   * How long no byte may move in either direction, in milliseconds; 3 minutes by default. It must be longer than a body may be
   * silent, which is answered 408.
   */
  readonly stallTimeoutMs?: number;
  /** How long a client may take nothing of an answer, in milliseconds; 1 minute by default. */
  readonly answerIdleTimeoutMs?: number;
}

export interface HttpServer {
  /** Resolves when connections are accepted; rejects when the address is taken. Port 0 takes a free one. */
  listen(where: { readonly port: number; readonly host: string }): Promise<AddressInfo>;
  /**
   * Accepts no connection any more and closes those without a request. Running requests may finish, and their connections
   * close with the answer; what is left after `graceMs` is cut.
   */
  stop(graceMs: number): Promise<void>;
}

/**
 * An HTTP/1.1 server that hands each request to `handler` as soon as its header is whole, and answers itself, as problems,
 * what never becomes a request: a header that is too slow (408), too long (431) or no HTTP (400), an expectation that it
 * cannot meet (417), a transfer coding other than `chunked` (501). The time of a whole request has no limit: a slow, honest upload may take hours, and `receiveBody`
 * tells it from a dishonest one.
 *
 * An answer that is given while its request's body is still coming closes the connection, {@link closeLingering | with a
 * pause} in which the client can read it. So bytes behind a refused body are never taken for a request.
 */
export function createHttpServer(handler: RequestListener, options: Options): HttpServer {
  const connections = new Connections();
  const server = createServer({
    ServerResponse: connections.responseClass(options.answerIdleTimeoutMs ?? 60_000),
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: options.headersTimeoutMs ?? 20_000,
    requestTimeout: 0,
    connectionsCheckingInterval: 500,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 95_000,
    requireHostHeader: false,
  });
  // Of more fields than this, Node drops the last ones silently. The length of the header is the limit.
  server.maxHeadersCount = 0;
  server.timeout = options.stallTimeoutMs ?? 180_000;
  // A client may close its side as soon as its request is sent, and still wants the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  handleRequests(server, handler, { connections, log: options.log });
  refuseTheRest(server, { connections, log: options.log });
  return {
    listen: async ({ port, host }) => {
      server.listen(port, host);
      await once(server, "listening");
      return server.address() as AddressInfo;
    },
    stop: (graceMs) => {
      connections.closeAfterAnswers();
      return close(server, connections, graceMs);
    },
  };
}

interface Deps {
  readonly connections: Connections;
  readonly log: Logger;
}

function handleRequests(server: Server, handler: RequestListener, { connections, log }: Deps) {
  server.on("connection", (socket) => {
    connections.add(socket);
  });
  const refuse = (error: AppError, res: ServerResponse) => {
    const problem = toProblem(error, newId());
    const { requestId, code, status } = problem.body;
    log.info({ requestId, code, status }, "Refused a request");
    sendProblem(res, problem);
  };
  const start: RequestListener = (req, res) => {
    const fault = checkHead(req);
    if (fault !== undefined) refuse(fault, res);
    else if (isBodyPending(req)) {
      // A short body has come in the same packet and is parsed in this very turn. Waiting for it spares the connection of
      // a request that is answered without it.
      setImmediate(handler, req, res);
    } else handler(req, res);
  };
  const enter: RequestListener = (req, res) => {
    connections.enter(res, () => {
      start(req, res);
    });
  };
  server.on("request", enter);
  // Whoever waits for `100 Continue` gets it when the body is wanted.
  server.on("checkContinue", enter);
  // Node asks for everything else, an empty field among it.
  server.on("checkExpectation", enter);
}

function refuseTheRest(server: Server, { connections, log }: Deps) {
  const onClientError = createBrokenConnectionHandler({
    log,
    maxHeaderBytes: MAX_HEADER_BYTES,
    connections,
  });
  server.on("clientError", onClientError);
  server.on("connect", (_req, socket) => {
    const problem = toProblem(new MalformedRequestError("This server is not a proxy"), newId());
    log.info({ requestId: problem.body.requestId, status: problem.status }, "Refused a tunnel");
    // From here on the socket is ours: Node's server does not listen to it any more.
    socket.on("error", () => socket.destroy());
    if (connections.stateOf(socket) !== "idle") {
      socket.destroy();
      return;
    }
    const limit = closeLingering(socket, problemMessage(problem));
    socket.on("data", (bytes: Buffer) => {
      limit.count(bytes.length);
    });
  });
}

async function close(server: Server, connections: Connections, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  connections.destroyIdle();
  const grace = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  // An answer that had begun before did not say that its connection closes, so that one falls idle.
  const idle = setInterval(() => {
    connections.destroyIdle();
  }, 50);
  await closed;
  clearTimeout(grace);
  clearInterval(idle);
}

import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isBodyPending } from "./body.js";

const MAX_REQUESTS_AHEAD = 64;

/** `receiving`: a request's body is still coming and its answer has not begun; `busy`: a request runs, and all of it came. */
export type ConnectionState = "idle" | "receiving" | "busy";

interface Turn {
  readonly res: ServerResponse;
  readonly start: () => void;
}

/** What goes on on a server's connections, and which of them end with the answer that is being given. */
export class Connections {
  readonly #open = new Set<Duplex>();
  readonly #turns = new WeakMap<Duplex, Turn[]>();
  readonly #closing = new WeakSet<Duplex>();
  #isStopping = false;

  /** Remembers a connection until it is closed. */
  add(socket: Duplex): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
  }

  /**
   * Starts a request when all answers before it on its connection are over: a client that sends requests ahead gets no more at a
   * time than who waits, and at most 64 may wait. What was sent behind a request whose answer closes the connection is not a
   * request, and never starts.
   */
  enter(res: ServerResponse, start: () => void): void {
    const { socket } = res.req;
    const turns = this.#turns.get(socket) ?? [];
    this.#turns.set(socket, turns);
    if (turns.length > MAX_REQUESTS_AHEAD) socket.destroy();
    turns.push({ res, start });
    res.once("close", () => {
      turns.shift();
      this.#startNext(socket, turns);
    });
    if (turns.length === 1) this.#startNext(socket, turns);
  }

  stateOf(socket: Duplex): ConnectionState {
    const [running] = this.#turns.get(socket) ?? [];
    if (running === undefined) return "idle";
    return isBodyPending(running.res.req) && !running.res.headersSent ? "receiving" : "busy";
  }

  /** From now on every answer closes its connection. */
  closeAfterAnswers(): void {
    this.#isStopping = true;
  }

  /** Starts nothing more on a connection, and closes it when the answer that is being given is over. */
  closeAfterAnswer(socket: Duplex): void {
    const [running] = this.#turns.get(socket) ?? [];
    if (running === undefined || this.#closing.has(socket)) return;
    this.#closing.add(socket);
    lingerBeforeClose(running.res.req);
    running.res.once("close", () => {
      running.res.req.socket.destroySoon();
    });
  }

  /** Closes the connections on which no request runs, except those whose answer is still being read. */
  destroyIdle(): void {
    for (const socket of this.#open) {
      if (this.stateOf(socket) === "idle" && !socket.writableEnded) socket.destroy();
    }
  }

  /**
   * The class of answers for `http.createServer`: one that is given while its request's body is still coming, or that is to
   * be the last, says `Connection: close` and does it. The connection of an answer of which the client takes nothing for
   * `idleTimeoutMs` is cut.
   */
  responseClass(idleTimeoutMs: number): typeof ServerResponse {
    const isLast = (socket: Duplex) => this.#isStopping || this.#closing.has(socket);
    return class<Request extends IncomingMessage> extends ServerResponse<Request> {
      // Every way of answering comes through here, the implicit header of `end` and `write` included.
      override writeHead(status: number, ...rest: unknown[]): this {
        const isEarly = isBodyPending(this.req);
        if (isEarly) lingerBeforeClose(this.req);
        if (isEarly || isLast(this.req.socket)) this.setHeader("Connection", "close");
        limitSilence(this, idleTimeoutMs);
        return super.writeHead(status, ...(rest as []));
      }
    };
  }

  #startNext(socket: Duplex, turns: readonly Turn[]): void {
    const isOver = socket.writableEnded || socket.destroyed || this.#closing.has(socket);
    if (!isOver) turns[0]?.start();
  }
}

/** Node's server destroys a socket that times out, and counts what the kernel took of a large write as movement. */
function limitSilence(res: ServerResponse, idleTimeoutMs: number): void {
  const { socket } = res.req;
  const { timeout = 0 } = socket;
  socket.setTimeout(idleTimeoutMs);
  // Before Node sets its own for a connection that waits for the next request.
  res.prependOnceListener("finish", () => socket.setTimeout(timeout));
}

const MAX_LINGER_BYTES = 1024 ** 2;
const MAX_LINGER_MS = 2000;

/**
 * Gives the client the time to read an answer that is given before its body was read (RFC 9112 §9.6). A socket that is
 * closed while bytes of the client are unread sends a reset, and a reset discards the answer on its way. So when HTTP is
 * done with the socket, only our side is closed, and what still comes is read and thrown away until the client closes its
 * side, 1 MiB came or 2 s passed. Then the connection is destroyed.
 *
 * Call it before an answer with `Connection: close` is finished.
 */
export function lingerBeforeClose(req: IncomingMessage): void {
  const { socket } = req;
  // Node's server ends a connection by this documented method of its socket, and offers no other place to wait in.
  socket.destroySoon = () => {
    if (socket.writableEnded) return;
    const limit = closeLingering(socket);
    // Whoever read this body before reads no more of it.
    req.removeAllListeners("readable");
    req.removeAllListeners("data");
    req.on("data", (bytes: Buffer) => {
      limit.count(bytes.length);
    });
  };
}

/**
 * Closes our side of a socket after `lastWords`, and the whole of it within {@link lingerBeforeClose}'s limits.
 *
 * @returns What is to be told of each byte that still comes.
 */
export function closeLingering(socket: Duplex, lastWords = ""): { count(bytes: number): void } {
  let remainingBytes = MAX_LINGER_BYTES;
  const deadline = setTimeout(() => socket.destroy(), MAX_LINGER_MS);
  socket.once("close", () => {
    clearTimeout(deadline);
  });
  socket.end(lastWords);
  return {
    count: (bytes) => {
      remainingBytes -= bytes;
      if (remainingBytes < 0) socket.destroy();
    },
  };
}

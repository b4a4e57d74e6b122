import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isBodyPending } from "./body.js";
import type { ConnectionState } from "./broken-connection.js";
import { lingerBeforeClose } from "./lingering-close.js";

/** What goes on on a server's connections, and which of them end with the answer that is being given. */
export class Connections {
  readonly #open = new Set<Duplex>();
  readonly #answers = new WeakMap<Duplex, Set<ServerResponse>>();
  readonly #closing = new WeakSet<Duplex>();
  #isStopping = false;

  /** From now on every answer closes its connection. */
  startClosing(): void {
    this.#isStopping = true;
  }

  /** Remembers a connection until it is closed. */
  add(socket: Duplex): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
  }

  /** Closes the connections on which no request runs, except those whose answer is still being read. */
  destroyIdle(): void {
    for (const socket of this.#open) {
      if (this.stateOf(socket) === "idle" && !socket.writableEnded) socket.destroy();
    }
  }

  /** Remembers an answer until it is finished or cut. */
  addAnswer(res: ServerResponse): void {
    const { socket } = res.req;
    const answers = this.#answers.get(socket) ?? new Set();
    this.#answers.set(socket, answers.add(res));
    res.once("close", () => answers.delete(res));
  }

  stateOf(socket: Duplex): ConnectionState {
    const answers = [...(this.#answers.get(socket) ?? [])];
    if (answers.length === 0) return "idle";
    return answers.some((res) => res.headersSent) ? "answering" : "handling";
  }

  /** Whether an answer has been given that says `Connection: close`. */
  isClosing(socket: Duplex): boolean {
    return this.#closing.has(socket);
  }

  /**
   * The class of answers for `http.createServer`: one that is given while its request's body is still coming, or after
   * {@link startClosing}, says `Connection: close` and does it.
   */
  responseClass(): typeof ServerResponse {
    const willClose = (res: ServerResponse, isEarly: boolean) => {
      if (isEarly || this.#isStopping) this.#closing.add(res.req.socket);
      return isEarly || this.#isStopping;
    };
    return class<Request extends IncomingMessage> extends ServerResponse<Request> {
      // Every way of answering comes through here, the implicit header of `end` and `write` included.
      override writeHead(status: number, ...rest: unknown[]): this {
        const isEarly = isBodyPending(this.req);
        if (isEarly) lingerBeforeClose(this.req);
        if (willClose(this, isEarly)) this.setHeader("Connection", "close");
        return super.writeHead(status, ...(rest as []));
      }
    };
  }
}

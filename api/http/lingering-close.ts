import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

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

import type { Socket } from "node:net";
import { Connection } from "mongodb/lib/cmap/connection.js";

/**
 * A connection of the driver whose commands end when its socket does.
 *
 * The driver (7.9) waits for `drain` after a write that the socket could not take at once, and a socket that is destroyed
 * without an error of its own (it timed out, its pool was cleared, its other end left a moment before) never says that: the
 * command would wait for ever, and keep its place in the pool. Once the driver knows why the connection ended, it may go on.
 */
class SettlingConnection extends Connection {
  constructor(socket: Socket, options: object) {
    super(socket, options);
    socket.once("close", () => socket.emit("drain"));
  }
}

/** For `new MongoClient(url, options)`. */
export const settlingConnections = { connectionType: SettlingConnection };

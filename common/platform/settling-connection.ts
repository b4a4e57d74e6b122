import type { Socket } from "node:net";
import { Connection } from "mongodb/lib/cmap/connection.js";

/**
 * A connection of the driver (7.9) whose commands end when its socket does.
 *
 * The driver waits for `drain` after a write that the socket could not take at once. A socket that is destroyed without an error of its
 * own (it timed out, its pool was cleared, its other end has just left) never emits `drain`: the command would wait for ever, and keep
 * its place in the pool. With this `drain` it goes on, and fails because the connection is closed.
 */
class SettlingConnection extends Connection {
  constructor(socket: Socket, options: object) {
    super(socket, options);
    socket.once("close", () => socket.emit("drain"));
  }
}

/** For `new MongoClient(url, options)`. */
export const settlingConnections = { connectionType: SettlingConnection };

import { once } from "node:events";
import type { Socket } from "node:net";
import { Connection, type WriteOptions } from "mongodb/lib/cmap/connection.js";
import { type DriverMessage, lengthOf, piecesOf } from "./insert-message.js";

/** Copying so much costs less than handing two pieces to the kernel. */
const SMALL_COMMAND_BYTES = 16 * 1024;

/**
 * A connection of the driver (7.9) whose commands end when its socket does, and which copies large ones once less.
 *
 * The driver waits for `drain` after a write that the socket could not take at once, and a socket that is destroyed
 * without an error of its own (it timed out, its pool was cleared, its other end left a moment before) never says that: the
 * command would wait for ever, and keep its place in the pool. Once the driver knows why the connection ended, it may go on.
 */
class SettlingConnection extends Connection {
  constructor(socket: Socket, options: object) {
    super(socket, options);
    socket.once("close", () => socket.emit("drain"));
  }

  /** The driver copies a command, of which most is content, into one piece before it is sent. */
  protected override async writeCommand(
    command: DriverMessage,
    options: WriteOptions,
  ): Promise<void> {
    if (options.agreedCompressor !== "none") return super.writeCommand(command, options);
    const pieces = await piecesOf(command);
    if (!this.#write(pieces)) await once(this.socket, "drain");
  }

  #write(pieces: readonly Uint8Array[]): boolean {
    if (lengthOf(pieces) <= SMALL_COMMAND_BYTES) return this.socket.write(Buffer.concat(pieces));
    this.socket.cork();
    for (const piece of pieces) this.socket.write(piece);
    this.socket.uncork();
    return !this.socket.writableNeedDrain;
  }
}

/** For `new MongoClient(url, options)`. */
export const settlingConnections = { connectionType: SettlingConnection };

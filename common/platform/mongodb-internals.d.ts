declare module "mongodb/lib/cmap/connection.js" {
  import type { Socket } from "node:net";
  import type { DriverMessage } from "./insert-message.js";

  export interface WriteOptions {
    /** `none`, or what the server agreed to. */
    readonly agreedCompressor: string;
  }

  /** The class of the driver's connections, for which the driver's own types have no name. */
  export class Connection {
    constructor(socket: Socket, options: object);
    protected readonly socket: Socket;
    /** Resolves when the socket has taken it. */
    protected writeCommand(command: DriverMessage, options: WriteOptions): Promise<void>;
  }
}

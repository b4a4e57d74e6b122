declare module "mongodb/lib/cmap/connection.js" {
  import type { Socket } from "node:net";

  /** The class of the driver's connections, for which the driver's own types have no name. */
  export const Connection: new (socket: Socket, options: object) => object;
}

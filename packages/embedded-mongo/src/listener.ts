import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { removeStaleSocket, socketPathOf } from "./socket-path.js";

/** Where a server listens: a port of the loopback interface, or the unix socket of its data folder. */
export type Listen = { readonly port: number } | "socket";

export interface Listening {
  readonly server: Server;
  /** For `new MongoClient(url)`. */
  readonly url: string;
  /** Host and port, or the path of the socket. */
  readonly address: string;
}

const LOOPBACK = "127.0.0.1";
const MAX_CONNECTIONS = 2000;

/**
 * Starts to listen.
 * @throws StoreError when another server answers on the socket; the error of `listen` when the port is taken.
 */
export async function listen(
  listenOn: Listen,
  folder: string,
  onConnection: (socket: Socket) => void,
): Promise<Listening> {
  const server = createServer(onConnection);
  server.maxConnections = MAX_CONNECTIONS;
  if (listenOn === "socket") return listenOnSocket(server, socketPathOf(folder));
  await start(server, () => server.listen(listenOn.port, LOOPBACK));
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : listenOn.port;
  const address = `${LOOPBACK}:${port}`;
  return { server, address, url: `mongodb://${address}/?directConnection=true` };
}

async function listenOnSocket(server: Server, path: string): Promise<Listening> {
  await removeStaleSocket(path);
  await start(server, () => server.listen(path));
  chmodSync(path, 0o600);
  const url = `mongodb://${encodeURIComponent(path)}/?directConnection=true`;
  return { server, address: path, url };
}

function start(server: Server, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    begin();
  });
}

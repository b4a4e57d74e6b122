import { afterEach } from "@jest/globals";
import type { RequestListener } from "node:http";
import { createHttpServer, type HttpServer } from "../../../api/http/server.js";
import { collectLogLines } from "../../support/log-lines.js";
import { RawClient } from "../../support/raw-client.js";

type Limits = Omit<Parameters<typeof createHttpServer>[1], "log">;

/**
 * Gives a test file what starts a real server on a free port. Servers are stopped, and their clients closed, when the test is
 * over.
 */
export function useServers() {
  const servers: HttpServer[] = [];
  const clients: RawClient[] = [];

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => server.stop(0)));
  });

  return async function serve(handler: RequestListener, limits: Limits = {}) {
    const { log, ...logged } = collectLogLines();
    const server = createHttpServer(handler, { log, ...limits });
    servers.push(server);
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    const open = async () => {
      const client = await RawClient.open(port);
      clients.push(client);
      return client;
    };
    return { server, port, url: `http://127.0.0.1:${port}`, open, ...logged };
  };
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { JoinedSockets } from "./joined-sockets.js";

/** An address that leads new connections to another server as soon as a test says so. Old ones stay where they are. */
export class SwitchingProxy {
  /** The port on this machine that new connections lead to. */
  target: number;
  /** How many connections clients have opened. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new JoinedSockets();

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((client) => {
      this.connections += 1;
      this.#join(client, connect(this.target, "127.0.0.1"));
    });
  }

  static async start(target: number): Promise<SwitchingProxy> {
    const proxy = new SwitchingProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#sockets.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    this.#sockets.join(client, server);
    client.pipe(server).pipe(client);
  }
}

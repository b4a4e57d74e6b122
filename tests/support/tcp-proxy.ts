import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * What becomes of bytes on their way to the server: they arrive; they never do; they and all behind them on their connection wait
 * for {@link TcpProxy.release}; or their connection breaks.
 */
type Fate = "pass" | "hold" | "delay" | "cut";

/** Stands between clients and a MongoDB on a unix socket, and does to their connections what a test says. */
export class TcpProxy {
  /** Asked for everything that a client sends, in the pieces in which it comes. */
  judge: (bytes: Buffer) => Fate = () => "pass";
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #delayed = new Map<Socket, Buffer[]>();

  private constructor(socketPath: string) {
    this.#server = createServer((client) => {
      this.#join(client, connect(socketPath));
    });
  }

  /** @param mongodbUrl - Names the unix socket of a server that wants no password. */
  static async start(mongodbUrl: string): Promise<TcpProxy> {
    const [, socketPath = ""] = /^mongodb:\/\/([^/?]+)/.exec(mongodbUrl) ?? [];
    const proxy = new TcpProxy(decodeURIComponent(socketPath));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** For clients: the server, by way of this. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `mongodb://127.0.0.1:${port}/?directConnection=true`;
  }

  /** Lets go what was delayed. */
  release(): void {
    for (const [server, pieces] of this.#delayed) for (const bytes of pieces) server.write(bytes);
    this.#delayed.clear();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    const both = [client, server];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        for (const other of both) other.destroy();
      });
    }
    server.pipe(client);
    client.on("data", (bytes: Buffer) => {
      const delayed = this.#delayed.get(server);
      if (delayed !== undefined) {
        delayed.push(bytes);
        return;
      }
      const fate = this.judge(bytes);
      if (fate === "delay") this.#delayed.set(server, [bytes]);
      if (fate === "pass") server.write(bytes);
      if (fate === "cut") client.resetAndDestroy();
    });
  }
}

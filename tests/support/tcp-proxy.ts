import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What becomes of bytes on their way to the server: they arrive, they never do, or their connection breaks. */
type Fate = "pass" | "hold" | "cut";

/** Stands between clients and a MongoDB on a unix socket, and does to their connections what a test says. */
export class TcpProxy {
  /** Asked for everything that a client sends, in the pieces in which it comes. */
  judge: (bytes: Buffer) => Fate = () => "pass";
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

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
      const fate = this.judge(bytes);
      if (fate === "pass") server.write(bytes);
      if (fate === "cut") client.resetAndDestroy();
    });
  }
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { JoinedSockets } from "./joined-sockets.js";

interface Cutting {
  /** After how many bytes that clients have sent, all connections together; counted anew after each cut. */
  readonly afterBytes: number;
  /** How often. */
  readonly times: number;
}

/** Stands between clients and a web process, and breaks the connections of uploads. */
export class UploadCutter {
  /** How many connections were broken. */
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new JoinedSockets();
  readonly #cutting: Cutting;
  #sentBytes = 0;

  private constructor(port: number, cutting: Cutting) {
    this.#cutting = cutting;
    this.#server = createServer((client) => {
      this.#join(client, connect({ port, host: "127.0.0.1" }));
    });
  }

  /** @param port - Where the web process listens. */
  static async start(port: number, cutting: Cutting): Promise<UploadCutter> {
    const cutter = new UploadCutter(port, cutting);
    cutter.#server.listen(0, "127.0.0.1");
    await once(cutter.#server, "listening");
    return cutter;
  }

  /** The web process, by way of this. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#sockets.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    const { afterBytes, times } = this.#cutting;
    this.#sockets.join(client, server);
    server.pipe(client);
    client.pipe(server);
    client.on("data", (bytes: Buffer) => {
      this.#sentBytes += bytes.length;
      if (this.cuts === times || this.#sentBytes < afterBytes) return;
      this.cuts += 1;
      this.#sentBytes = 0;
      client.resetAndDestroy();
    });
  }
}

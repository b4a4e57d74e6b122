import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { JoinedSockets } from "../support/joined-sockets.js";

/** How a connection ends in the middle of an answer: as a proxy that is stopped ends it, or as a lost network does. */
export type Cut = "end" | "reset";

/** Stands between a browser and a web process, notes the requests, and cuts an answer where and when a test says. */
export class CuttingProxy {
  /** The headers of all requests, in lower case, as they came. */
  readonly requests: string[] = [];
  /** The first line of the answer to the last request. */
  lastStatusLine = "";
  readonly #server: Server;
  readonly #sockets = new JoinedSockets();
  #stall: { readonly afterBytes: number; readonly begun: (client: Socket) => void } | undefined;

  #cut: { leftBytes: number; readonly done: () => void } | undefined;
  #isDown = false;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      if (this.#isDown) client.destroy();
      else this.#join(client, connect({ port, host: "127.0.0.1" }));
    });
  }

  /** @param port - Where the web process listens. */
  static async start(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /**
   * Passes on nothing more of the next answer that has so many bytes; once.
   *
   * @returns once this has begun, what then cuts the connection. A reset takes from the client what it has not read.
   */
  async stallNext(afterBytes: number): Promise<(how: Cut) => void> {
    const client = await new Promise<Socket>((begun) => {
      this.#stall = { afterBytes, begun };
    });
    return (how) => {
      if (how === "end") client.end();
      else client.resetAndDestroy();
    };
  }

  /**
   * Cuts all connections once clients have sent so many bytes from now on, and takes no new ones.
   *
   * @returns once it has done so, what takes connections again.
   */
  async cutAfter(bytes: number): Promise<() => void> {
    await new Promise<void>((done) => {
      this.#cut = { leftBytes: bytes, done };
    });
    return () => {
      this.#isDown = false;
    };
  }

  async close(): Promise<void> {
    this.#sockets.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    let answeredBytes = 0;
    this.#sockets.join(client, server);
    client.on("data", (bytes: Buffer) => {
      answeredBytes = 0;
      this.requests.push(bytes.toString("latin1").toLowerCase());
      server.write(bytes);
      this.#count(bytes.length);
    });
    server.on("data", (bytes: Buffer) => {
      if (answeredBytes === 0)
        [this.lastStatusLine = ""] = bytes.toString("latin1").split("\r\n", 1);
      answeredBytes += bytes.length;
      if (this.#stall !== undefined && answeredBytes >= this.#stall.afterBytes) {
        server.pause();
        this.#stall.begun(client);
        this.#stall = undefined;
      } else if (!client.write(bytes)) {
        server.pause();
        client.once("drain", () => server.resume());
      }
    });
  }

  #count(bytes: number): void {
    if (this.#cut === undefined) return;
    this.#cut.leftBytes -= bytes;
    if (this.#cut.leftBytes > 0) return;
    this.#isDown = true;
    this.#sockets.destroy();
    this.#cut.done();
    this.#cut = undefined;
  }
}

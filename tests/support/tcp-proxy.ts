import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";
import { JoinedSockets } from "./joined-sockets.js";

const HEADER_BYTES = 16;
const OP_MSG = 2013;
/** Flags, the kind of the section, the length of its document, and the type of its first field. */
const BEFORE_COMMAND_NAME_BYTES = HEADER_BYTES + 4 + 1 + 4 + 1;

/**
 * What becomes of bytes on their way to the server: they arrive; they never do; they and all behind them on their connection wait
 * for {@link TcpProxy.release}; their connection breaks before they arrive, or before their answer does; or the proxy answers.
 */
type Fate = "pass" | "hold" | "delay" | "cut" | "lose" | { readonly answer: Document };

/** Stands between clients and a MongoDB, and does to their connections what a test says. */
export class TcpProxy {
  /** Asked for everything that a client sends, in the pieces in which it comes. */
  judge: (bytes: Buffer) => Fate = () => "pass";
  readonly #server: Server;
  readonly #sockets = new JoinedSockets();
  readonly #delayed = new Map<Socket, Buffer[]>();

  readonly #credentials: string;

  private constructor(host: string, credentials: string) {
    const [name = "", port] = host.split(":");
    this.#credentials = credentials;
    this.#server = createServer((client) => {
      const path = decodeURIComponent(name);
      const isSocket = path.endsWith(".sock");
      this.#join(client, isSocket ? connect(path) : connect(Number(port ?? 27017), name));
    });
  }

  /** @param mongodbUrl - Names a unix socket, or one server. */
  static async start(mongodbUrl: string): Promise<TcpProxy> {
    const [, credentials = "", host = ""] =
      /^mongodb:\/\/([^/?]*@)?([^/?,]+)/.exec(mongodbUrl) ?? [];
    const proxy = new TcpProxy(host, credentials);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** For clients: the server, by way of this. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `mongodb://${this.#credentials}127.0.0.1:${port}/?directConnection=true`;
  }

  /** Lets go what was delayed. */
  release(): void {
    for (const [server, pieces] of this.#delayed) for (const bytes of pieces) server.write(bytes);
    this.#delayed.clear();
  }

  /** Breaks the connections of what was delayed. */
  cutDelayed(): void {
    for (const server of this.#delayed.keys()) server.destroy();
    this.#delayed.clear();
  }

  async close(): Promise<void> {
    this.#sockets.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    this.#sockets.join(client, server);
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
      if (fate === "lose") server.write(bytes, () => client.resetAndDestroy());
      if (typeof fate === "object") client.write(replyTo(bytes, fate.answer));
    });
  }
}

/** The name of the command that bytes begin with, if they begin with one. */
export function commandNameOf(bytes: Buffer): string | undefined {
  if (bytes.length <= BEFORE_COMMAND_NAME_BYTES || bytes.readInt32LE(12) !== OP_MSG) return;
  const end = bytes.indexOf(0, BEFORE_COMMAND_NAME_BYTES);
  return bytes.toString("latin1", BEFORE_COMMAND_NAME_BYTES, end);
}

function replyTo(message: Buffer, answer: Document): Buffer {
  const body = BSON.serialize(answer);
  const head = Buffer.alloc(HEADER_BYTES + 4 + 1);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}

import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What came back on a raw connection until it was closed. */
export interface RawAnswer {
  /** Everything, byte for byte (latin1). */
  readonly text: string;
  /** The status of the first answer that is not `100 Continue`; `undefined` without any. */
  readonly status: number | undefined;
  /** Field values of that answer, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the connection ended with a reset. */
  readonly isReset: boolean;
}

/** A connection on which a test speaks HTTP by hand. */
export class RawClient {
  readonly socket: Socket;
  readonly #closed: Promise<unknown>;
  readonly #ended: Promise<unknown>;
  #text = "";
  #isReset = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => (this.#text += text));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      this.#isReset ||= code === "ECONNRESET";
    });
    this.#closed = new Promise((resolve) => socket.once("close", resolve));
    this.#ended = Promise.race([
      this.#closed,
      new Promise((resolve) => socket.once("end", resolve)),
    ]);
  }

  /** Connects, keeping its own side open when the server closes the other. */
  static async open(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  send(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  /** Resolves when so much has come that the pattern matches; rejects when the connection ends before. */
  async received(pattern: RegExp): Promise<RawAnswer> {
    while (!pattern.test(this.#text)) {
      const isOver = await Promise.race([
        new Promise((resolve) => this.socket.once("data", resolve)).then(() => false),
        this.#ended.then(() => true),
      ]);
      if (isOver && !pattern.test(this.#text)) {
        throw new Error(`Ended after ${JSON.stringify(this.#text)}`);
      }
    }
    return this.answer();
  }

  /** Resolves when the server closed its side, or all of the connection. */
  async ended(): Promise<RawAnswer> {
    await this.#ended;
    return this.answer();
  }

  /** Resolves when the server closed its side and we then closed ours, or the connection was cut. */
  async closed(): Promise<RawAnswer> {
    await this.ended();
    this.socket.end();
    await this.#closed;
    return this.answer();
  }

  answer(): RawAnswer {
    const final = this.#text.replace(/^(?:HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)+/, "");
    const [head = "", ...rest] = final.split("\r\n\r\n");
    const [statusLine = "", ...fields] = head.split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1];
    return {
      text: this.#text,
      status: status === undefined ? undefined : Number(status),
      headers: Object.fromEntries(
        fields.map((field) => {
          const colon = field.indexOf(":");
          return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
        }),
      ),
      body: rest.join("\r\n\r\n"),
      isReset: this.#isReset,
    };
  }
}

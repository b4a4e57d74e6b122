import { once } from "node:events";
import { connect, type Socket } from "node:net";

const SENT_BYTES = 1024 * 1024;
const RECEIVED_BYTES = 256 * 1024;
/** Of longer bodies only the length is of interest. */
const KEPT_BODY_BYTES = 16 * 1024;

/** What every upload of the bench is made of. */
const content = Buffer.alloc(SENT_BYTES, "What the bench sends is the same bytes over and over. ");

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** A text, or so many bytes of the bench's content. */
  readonly body?: string | number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; a name that comes twice has its values joined by line feeds. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bodyBytes: number;
  /** Empty where the body is long. */
  readonly text: string;
}

/**
 * One keep-alive connection that costs as little as a client in Node.js can: what is sent is one buffer over and over, what is
 * received is read into another one and counted. It understands no more of HTTP/1.1 than answers with a `Content-Length`.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #head = "";
  #answer: { status: number; headers: Map<string, string>; text: string } | undefined;
  #missingBytes = 0;
  #settle: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(port: number) {
    this.#socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: Buffer.alloc(RECEIVED_BYTES),
        callback: (size, buffer) => {
          this.#receive(Buffer.from(buffer.buffer, buffer.byteOffset, size));
          return true;
        },
      },
    });
    this.#socket.on("error", (error) => this.#settle?.reject(error));
    this.#socket.on("close", () => this.#settle?.reject(new Error("The connection was closed")));
  }

  static async open(port: number): Promise<HttpConnection> {
    const connection = new HttpConnection(port);
    await once(connection.#socket, "connect");
    return connection;
  }

  /** Whether neither side has closed it. */
  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** @throws When the status is not 2xx. */
  async request({ method, path, headers = {}, body = "" }: HttpRequest): Promise<HttpAnswer> {
    if (this.#socket.destroyed) throw new Error("The server has closed the connection");
    const answered = new Promise<HttpAnswer>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const length = typeof body === "number" ? body : Buffer.byteLength(body);
    const lines = Object.entries({ Host: "127.0.0.1", "Content-Length": length, ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    this.#socket.cork();
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n`);
    if (typeof body === "string") this.#socket.write(body);
    const sent = typeof body === "number" ? this.#sendContent(body) : Promise.resolve();
    this.#socket.uncork();
    const [answer] = await Promise.all([answered, sent]);
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    }
    return answer;
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  async #sendContent(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; left -= SENT_BYTES) {
      const isTaken = this.#socket.write(left < SENT_BYTES ? content.subarray(0, left) : content);
      if (!isTaken && left > SENT_BYTES) await once(this.#socket, "drain");
    }
  }

  #receive(bytes: Buffer): void {
    if (this.#answer === undefined) {
      const rest = this.#readHead(bytes);
      if (rest !== undefined) this.#receive(rest);
      return;
    }
    this.#missingBytes -= bytes.length;
    if (Number(this.#answer.headers.get("content-length") ?? 0) <= KEPT_BODY_BYTES) {
      this.#answer.text += bytes.toString();
    }
    if (this.#missingBytes > 0) return;
    const answer = this.#answer;
    this.#answer = undefined;
    const bodyBytes = Number(answer.headers.get("content-length") ?? 0);
    this.#settle?.resolve({ ...answer, bodyBytes });
  }

  /** @returns What follows the head, once it is whole. */
  #readHead(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) {
      this.#head += bytes.toString("latin1");
      return undefined;
    }
    const [statusLine = "", ...lines] = (this.#head + bytes.toString("latin1", 0, end)).split(
      "\r\n",
    );
    this.#head = "";
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      const earlier = headers.get(name);
      headers.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
    }
    this.#answer = { status: Number(statusLine.split(" ")[1]), headers, text: "" };
    this.#missingBytes = Number(headers.get("content-length") ?? 0);
    return bytes.subarray(end + 4);
  }
}

import { connect, type Socket } from "node:net";
import { ScannerError } from "./errors.js";
import type { ScannerAddress } from "./settings.js";

/** What clamd says is a line: a name of 4 KiB would be none. */
const MAX_REPLY_BYTES = 4096;

interface Options {
  readonly address: ScannerAddress;
  /** How long a connection may take to open, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long clamd may neither take nor send a byte, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** The protocol of clamd (man clamd, COMMANDS). Each question has a connection of its own, which is closed with the answer. */
export class Clamd {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Which engine and which database it scans with, such as `ClamAV 1.4.6/27001/Tue Dec  1 00:00:00 2026`. @throws ScannerError */
  version(signal: AbortSignal): Promise<string> {
    return this.#ask("VERSION", undefined, signal);
  }

  /**
   * Has content scanned, and stops sending when the answer comes. It holds as much in memory as the content gives at once.
   *
   * @returns Such as `stream: OK` or `stream: Eicar-Test-Signature FOUND`.
   * @throws ScannerError, and whatever the content throws.
   */
  scan(content: AsyncIterable<Buffer>, signal: AbortSignal): Promise<string> {
    return this.#ask("INSTREAM", content, signal);
  }

  async #ask(
    command: string,
    content: AsyncIterable<Buffer> | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    signal.throwIfAborted();
    const socket = await this.#connect(signal);
    const destroy = () => socket.destroy(asError(signal.reason));
    signal.addEventListener("abort", destroy);
    socket.setTimeout(this.#options.idleTimeoutMs, () => {
      socket.destroy(new Error("it was silent for too long"));
    });
    const reply = new Reply(socket);
    const sending = send(reply, command, content);
    try {
      return await Promise.race([reply.text, sending.then(() => reply.text)]);
    } finally {
      signal.removeEventListener("abort", destroy);
      socket.destroy();
      // So that nothing reads the content any more.
      await sending.catch(() => undefined);
    }
  }

  #connect(signal: AbortSignal): Promise<Socket> {
    const { address, connectTimeoutMs } = this.#options;
    const socket = connect({ ...address, noDelay: true });
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => {
        socket.destroy();
        leave();
        reject(new ScannerError("The virus scanner cannot be reached", { hasBegun: false, cause }));
      };
      const giveUp = () => {
        fail(signal.reason);
      };
      const timer = setTimeout(fail, connectTimeoutMs, new Error("no connection in time"));
      const leave = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        // A late error of a socket that was given up has nobody to tell.
        socket.off("error", fail).on("error", () => undefined);
      };
      signal.addEventListener("abort", giveUp);
      socket.once("error", fail).once("connect", () => {
        leave();
        resolve(socket);
      });
    });
  }
}

/** The answer of clamd: it may come before all was sent, and ends with a zero byte or with the connection. */
class Reply {
  readonly socket: Socket;
  readonly text: Promise<string>;
  isOver = false;

  constructor(socket: Socket) {
    this.socket = socket;
    this.text = this.#read();
    // Who sends hears of it first, perhaps.
    this.text.catch(() => undefined).finally(() => (this.isOver = true));
  }

  #read(): Promise<string> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      let text = "";
      const fail = (cause?: unknown) => {
        const message = "The virus scanner broke off";
        reject(new ScannerError(message, { hasBegun: true, cause }));
      };
      socket.setEncoding("latin1");
      socket.on("data", (piece: string) => {
        text += piece;
        const end = text.indexOf("\0");
        if (end !== -1) resolve(text.slice(0, end));
        else if (text.length > MAX_REPLY_BYTES) fail(new Error("its answer has no end"));
      });
      socket.on("end", () => {
        if (text === "") fail();
        else resolve(text.trimEnd());
      });
      socket.on("error", fail).on("close", () => {
        fail();
      });
    });
  }
}

/** Sends a command and its content, each piece with its length, as fast as clamd takes them. */
async function send(
  reply: Reply,
  command: string,
  content: AsyncIterable<Buffer> | undefined,
): Promise<void> {
  const { socket } = reply;
  await write(socket, Buffer.from(`z${command}\0`));
  if (content === undefined) return;
  for await (const piece of content) {
    if (reply.isOver) return;
    // A length of zero ends the content.
    if (piece.length === 0) continue;
    socket.write(lengthOf(piece));
    await write(socket, piece);
  }
  await write(socket, lengthOf(Buffer.alloc(0)));
}

/** Resolves when the bytes have left; also when they cannot: then the reply says why. */
const write = (socket: Socket, bytes: Buffer) =>
  new Promise<void>((resolve) => {
    socket.write(bytes, () => {
      resolve();
    });
  });

function lengthOf(piece: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(piece.length);
  return length;
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));

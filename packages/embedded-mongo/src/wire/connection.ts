import type { Socket } from "node:net";
import type { BufferPool } from "./buffer-pool.js";
import { FrameReader } from "./frame-reader.js";
import type { Intake } from "./intake.js";
import { type CommandMessage, readMessage, replyHead } from "./messages.js";

/** Copying so much costs less than handing two pieces to the kernel. */
const SMALL_BODY_BYTES = 2048;

/** The document of a reply; `release` is called when its bytes have left. */
export interface Reply {
  readonly body: Buffer;
  readonly release?: () => void;
}

export interface ConnectionOptions {
  readonly pool: BufferPool;
  /** Shared by all connections; without it, unfinished messages are not bounded together. */
  readonly intake?: Intake | undefined;
  /** A client that neither finishes its message nor takes its reply for so long (milliseconds) is cut off. */
  readonly stallTimeoutMs: number;
  /** Executes one command; rejects only when the connection cannot go on. */
  readonly execute: (message: CommandMessage) => Promise<Reply>;
  readonly onClose: (reason: Error | undefined) => void;
}

/**
 * Serves one client: one message at a time, and the next one only when the reply to the last was taken, so that
 * a client which does not read costs one reply of memory. Whatever goes wrong here closes this connection only.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader: FrameReader;
  readonly #gone = new AbortController();
  #isBusy = false;
  #isEnding = false;
  #reason: Error | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new FrameReader(options.pool);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#receive(chunk);
    });
    socket.on("timeout", () => {
      this.close(new Error("The client stalled"));
    });
    socket.on("error", (error) => {
      this.#reason ??= error;
    });
    socket.on("close", () => {
      this.#gone.abort();
      options.intake?.leave(this);
      if (!this.#isBusy) this.#reader.close();
      options.onClose(this.#reason);
    });
  }

  /** Aborted as soon as the client is gone: what runs for it can stop. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Closes after the command that is running, if any, was answered. */
  closeWhenIdle(): void {
    this.#isEnding = true;
    if (!this.#isBusy) this.close();
  }

  close(reason?: Error): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#reader.push(chunk);
    // Reading goes on while a command runs, so that a client that leaves is noticed; one that sends ahead waits.
    if (this.#isBusy) this.#socket.pause();
    else void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    try {
      let frame = this.#reader.next();
      while (frame !== undefined && !this.gone.aborted && !this.#isEnding) {
        this.#socket.setTimeout(0);
        await this.#answer(readMessage(frame));
        this.#reader.release();
        frame = this.#reader.next();
      }
    } catch (error) {
      this.close(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isBusy = false;
    this.#rest();
  }

  #rest(): void {
    if (this.gone.aborted) {
      this.#reader.close();
      return;
    }
    if (this.#isEnding) this.close();
    this.#socket.setTimeout(this.#reader.isPartial ? this.#options.stallTimeoutMs : 0);
    const mayReadOn = this.#options.intake?.admits(this, this.#reader.heldBytes) ?? true;
    if (mayReadOn) this.readMore();
    else this.#socket.pause();
  }

  readMore(): void {
    this.#socket.resume();
  }

  async #answer(message: CommandMessage): Promise<void> {
    const reply = await this.#options.execute(message);
    try {
      if (message.wantsReply && !this.gone.aborted) await this.#send(message, reply.body);
    } finally {
      reply.release?.();
    }
  }

  #send(message: CommandMessage, body: Buffer): Promise<void> {
    this.#socket.setTimeout(this.#options.stallTimeoutMs);
    return new Promise((resolve, reject) => {
      const onSent = (error?: Error | null) => {
        if (error) reject(error);
        else resolve();
      };
      const head = replyHead(message, body.length);
      if (body.length <= SMALL_BODY_BYTES) {
        this.#socket.write(Buffer.concat([head, body]), onSent);
        return;
      }
      this.#socket.cork();
      this.#socket.write(head);
      this.#socket.write(body, onSent);
      this.#socket.uncork();
    });
  }
}

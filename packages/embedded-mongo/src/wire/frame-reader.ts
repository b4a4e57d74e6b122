import type { BufferPool } from "./buffer-pool.js";
import { MalformedMessageError } from "./malformed-message-error.js";

/** Bytes of the header before every message: length, request id, response to, opcode. */
export const HEADER_BYTES = 16;

/** `maxMessageSizeBytes` of the hello reply. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const FIRST_BUFFER_BYTES = 128 * 1024;
const NOTHING = Buffer.alloc(0);

interface Assembly {
  buffer: Buffer;
  readonly announcedBytes: number;
  usedBytes: number;
}

/**
 * Cuts the byte stream of one connection into messages. One message is out at a time: it stays valid
 * until {@link FrameReader.release}, and the buffer that held it is then used for another.
 */
export class FrameReader {
  readonly #pool: BufferPool;
  #rest: Buffer = NOTHING;
  #assembly: Assembly | undefined;
  #lent: Buffer | undefined;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Whether bytes of an unfinished message have arrived. */
  get isPartial(): boolean {
    return this.#assembly !== undefined || this.#rest.length > 0;
  }

  /** Bytes that wait for the rest of a large message; a small one is not worth counting. */
  get heldBytes(): number {
    const bytes = this.#assembly?.buffer.length ?? 0;
    return bytes > FIRST_BUFFER_BYTES ? bytes : 0;
  }

  push(chunk: Buffer): void {
    if (this.#assembly !== undefined) this.#append(this.#assembly, chunk);
    else this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /**
   * The next complete message with its header, or `undefined` when more bytes are needed.
   * @throws MalformedMessageError when the announced length is impossible.
   */
  next(): Buffer | undefined {
    return this.#assembly === undefined ? this.#begin() : this.#finish(this.#assembly);
  }

  /** Says that the last message is done with. */
  release(): void {
    if (this.#lent !== undefined) this.#pool.give(this.#lent);
    this.#lent = undefined;
  }

  /** Gives every buffer back; the reader is not used afterwards. */
  close(): void {
    this.release();
    if (this.#assembly !== undefined) this.#pool.give(this.#assembly.buffer);
    this.#assembly = undefined;
    this.#rest = NOTHING;
  }

  #begin(): Buffer | undefined {
    const bytes = this.#rest;
    if (bytes.length < HEADER_BYTES) return undefined;
    const announcedBytes = bytes.readInt32LE(0);
    if (announcedBytes < HEADER_BYTES || announcedBytes > MAX_MESSAGE_BYTES)
      throw new MalformedMessageError(`A message of ${announcedBytes} bytes is not possible`);
    if (bytes.length >= announcedBytes) {
      this.#rest = bytes.subarray(announcedBytes);
      return bytes.subarray(0, announcedBytes);
    }
    // Memory is given for bytes that arrived, not for bytes that were announced.
    const firstBytes = Math.min(announcedBytes, Math.max(FIRST_BUFFER_BYTES, bytes.length));
    const buffer = this.#pool.takeIdle(announcedBytes) ?? this.#pool.take(firstBytes);
    this.#rest = NOTHING;
    this.#assembly = { buffer, announcedBytes, usedBytes: 0 };
    this.#append(this.#assembly, bytes);
    return undefined;
  }

  #append(assembly: Assembly, chunk: Buffer): void {
    const takenBytes = Math.min(chunk.length, assembly.announcedBytes - assembly.usedBytes);
    const { usedBytes } = assembly;
    const minBytes = usedBytes + takenBytes;
    if (minBytes > assembly.buffer.length)
      assembly.buffer = this.#pool.grow(assembly.buffer, { usedBytes, minBytes });
    chunk.copy(assembly.buffer, usedBytes, 0, takenBytes);
    assembly.usedBytes = minBytes;
    if (takenBytes < chunk.length)
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(takenBytes)]);
  }

  #finish(assembly: Assembly): Buffer | undefined {
    if (assembly.usedBytes < assembly.announcedBytes) return undefined;
    this.#assembly = undefined;
    this.#lent = assembly.buffer;
    return assembly.buffer.subarray(0, assembly.announcedBytes);
  }
}

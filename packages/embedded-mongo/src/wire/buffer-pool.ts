/**
 * Large buffers lent to messages and replies instead of being allocated for each: external memory is what
 * makes the collector run, and an upload is nothing but large messages.
 */
export class BufferPool {
  readonly #maxIdleBytes: number;
  readonly #idle: Buffer[] = [];
  #idleBytes = 0;

  /** @param maxIdleBytes - Buffers given back beyond this many bytes are left to the collector. */
  constructor(maxIdleBytes: number) {
    this.#maxIdleBytes = maxIdleBytes;
  }

  /** The smallest idle buffer of at least `minBytes`, or `undefined` when none is large enough. */
  takeIdle(minBytes: number): Buffer | undefined {
    let best = -1;
    for (const [position, buffer] of this.#idle.entries()) {
      const isSmaller = best < 0 || buffer.length < (this.#idle[best]?.length ?? 0);
      if (buffer.length >= minBytes && isSmaller) best = position;
    }
    if (best < 0) return undefined;
    const [buffer] = this.#idle.splice(best, 1);
    this.#idleBytes -= buffer?.length ?? 0;
    return buffer;
  }

  /** A buffer of at least `minBytes` with undefined content: an idle one, else a new one. */
  take(minBytes: number): Buffer {
    return this.takeIdle(minBytes) ?? Buffer.allocUnsafeSlow(roundUp(minBytes));
  }

  /** Takes a buffer back; the caller must not touch it afterwards. */
  give(buffer: Buffer): void {
    if (this.#idleBytes + buffer.length > this.#maxIdleBytes) return;
    this.#idle.push(buffer);
    this.#idleBytes += buffer.length;
  }

  /** A larger buffer that starts with the first `usedBytes` of `buffer`, which goes back to the pool. */
  grow(buffer: Buffer, { usedBytes, minBytes }: { usedBytes: number; minBytes: number }): Buffer {
    const larger = this.take(minBytes);
    buffer.copy(larger, 0, 0, usedBytes);
    this.give(buffer);
    return larger;
  }
}

const SMALLEST_BYTES = 64 * 1024;

/** The next power of two, so that messages of similar size share buffers; unused pages cost no memory. */
function roundUp(bytes: number): number {
  return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
}

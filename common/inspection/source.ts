/** Some bytes, first and last inclusive. */
interface Window {
  readonly first: number;
  readonly last: number;
}

/** Content of which any part can be read. */
export interface ByteSource {
  readonly sizeBytes: number;
  read(window: Window): AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** How much of one content is read by an inspection at most. A larger part stays unread. */
export const MAX_READ_BYTES = 10 * 1024 ** 2;

/** Reads parts of a content, and no more than {@link MAX_READ_BYTES} of it altogether. */
export class BoundedSource {
  readonly #source: ByteSource;
  #leftBytes = MAX_READ_BYTES;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /**
   * Some bytes from a position on.
   *
   * @returns As many of them as there are, and as may be read still: maybe none.
   */
  async read(first: number, bytes: number): Promise<Buffer> {
    const wanted = Math.min(bytes, this.sizeBytes - first, this.#leftBytes);
    if (!(first >= 0) || !(wanted > 0)) return Buffer.alloc(0);
    this.#leftBytes -= wanted;
    const pieces: Buffer[] = [];
    for await (const piece of this.#source.read({ first, last: first + wanted - 1 })) {
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  /** The last bytes. */
  readLast(bytes: number): Promise<Buffer> {
    const first = Math.max(0, this.sizeBytes - bytes);
    return this.read(first, this.sizeBytes - first);
  }
}

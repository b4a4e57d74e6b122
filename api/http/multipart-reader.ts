import { MalformedBodyError } from "./errors.js";

/**
 * Reads a multipart body from one mark (a boundary, the end of a header) to the next. It holds one packet of the source and
 * what may be the beginning of a mark, and asks for the next packet only when all of that was taken.
 */
export class MultipartReader {
  readonly #source: AsyncIterator<Buffer, unknown>;
  #held: Buffer;

  /** @param beginning - Is read before the source's first byte. */
  constructor(source: AsyncIterable<Buffer>, beginning: Buffer) {
    this.#source = source[Symbol.asyncIterator]();
    this.#held = beginning;
  }

  /**
   * The next bytes before `mark`. Where the mark comes first it is skipped, and the answer is `undefined`.
   *
   * @throws {@link MalformedBodyError} when the source ends without the mark.
   */
  async readBefore(mark: Buffer): Promise<Buffer | undefined> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at === 0) {
        this.#take(mark.length);
        return undefined;
      }
      const end = at === -1 ? this.#held.length - partialLength(this.#held, mark) : at;
      if (end > 0) return this.#take(end);
      await this.#readMore();
    }
  }

  /** Whether the bytes that come next are those of `mark`; nothing is skipped. */
  async isNext(mark: Buffer): Promise<boolean> {
    while (this.#held.length < mark.length) await this.#readMore();
    return this.#held.subarray(0, mark.length).equals(mark);
  }

  /** The next bytes, whatever they are; `undefined` at the end of the source. */
  async read(): Promise<Buffer | undefined> {
    if (this.#held.length > 0) return this.#take(this.#held.length);
    const { done, value } = await this.#source.next();
    return done === true ? undefined : value;
  }

  /** Tells the source that nothing more will be read. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #readMore(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done === true) throw new MalformedBodyError("The form ends before its closing boundary");
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }
}

/** How many bytes at the end of `held` may be the beginning of `mark`. */
function partialLength(held: Buffer, mark: Buffer): number {
  let length = Math.min(held.length, mark.length - 1);
  while (length > 0 && mark.compare(held, held.length - length, held.length, 0, length) !== 0) {
    length -= 1;
  }
  return length;
}

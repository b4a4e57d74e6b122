import { Dicer } from "@fastify/busboy";
import type { Readable } from "node:stream";
import { MalformedBodyError } from "./errors.js";
import type { RawHeader } from "./multipart-header.js";

/** A part whose header is complete, and whose content is still on its way. */
export interface RawPart {
  readonly header: RawHeader;
  /** What was not read of the content yet. Leaving a loop over it early does not end it. */
  read(): AsyncIterable<Buffer>;
  /** Throws away what was not read. */
  skip(): Promise<void>;
}

/**
 * Makes parts that can be asked for, one by one, of the events of `Dicer`, the boundary parser of `@fastify/busboy`. What
 * `Dicer` passes over in silence is an error here: a part without a whole header, and a body without a closing boundary, after
 * which it ends the part and itself as if all were well.
 */
export class FormParser {
  readonly #dicer: Dicer;
  readonly #parts: RawPart[] = [];
  readonly #streams = new Set<Readable>();
  #isInHeader = false;
  #isClosed = false;
  #isFed = false;
  #isStopped = false;
  #failure: Error | undefined;
  /** Ends the waiting of {@link next}. */
  #wakeReader: () => void = () => undefined;
  /** Ends the waiting of {@link feed} for a part that nobody reads any more. */
  #wakeFeeder: () => void = () => undefined;

  constructor(boundary: string) {
    this.#dicer = new Dicer({ boundary });
    this.#dicer.on("part", (stream) => {
      this.#enter(stream);
    });
    this.#dicer.on("error", () => {
      this.#fail(new MalformedBodyError("it ends before its closing boundary"));
    });
    this.#dicer.on("finish", () => {
      this.#isClosed = true;
      this.#wakeReader();
    });
  }

  /** Reads the body as fast as its parts are read. Its errors come out of {@link next} and of the parts. */
  async feed(body: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const bytes of body) {
        if (!this.#isStopped) await this.#write(bytes);
        if (this.#isStopped) return;
      }
      this.#isFed = true;
      this.#dicer.end();
      this.#wakeReader();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** The next part; `undefined` after the closing boundary and the end of the body. */
  async next(): Promise<RawPart | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const part = this.#parts.shift();
      if (part !== undefined) return part;
      if (this.#isClosed && this.#isFed) {
        this.#checkHeader();
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  /** Reads no more of the body. */
  stop(): void {
    this.#isStopped = true;
    this.#wakeFeeder();
  }

  #enter(stream: Readable): void {
    // Without a listener, the error of a part that nobody reads would end the process.
    stream.on("error", () => undefined);
    this.#streams.add(stream);
    this.#checkHeader();
    this.#isInHeader = true;
    stream.once("header", (header: RawHeader) => {
      this.#isInHeader = false;
      this.#parts.push({ header, read: () => readAll(stream), skip: () => skipAll(stream) });
      this.#wakeReader();
    });
  }

  #checkHeader(): void {
    if (this.#isInHeader) throw new MalformedBodyError("a part has no whole header");
  }

  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeFeeder = resolve;
      this.#dicer.write(bytes, () => {
        resolve();
      });
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const stream of this.#streams) stream.destroy(this.#failure);
    this.stop();
    this.#wakeReader();
  }
}

/** `Dicer` waits for the end of each part: one that is destroyed, as a loop does that is left, keeps it waiting for ever. */
function readAll(stream: Readable): AsyncIterable<Buffer> {
  return stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

async function skipAll(stream: Readable): Promise<void> {
  const rest = readAll(stream)[Symbol.asyncIterator]();
  while ((await rest.next()).done !== true) continue;
}

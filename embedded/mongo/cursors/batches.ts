import type { RawDocument } from "../bson/document.js";
import type { CursorReply } from "../wire/cursor-reply.js";
import { PAUSE } from "../turn.js";
import type { DocumentSource } from "./document-source.js";
import type { Operation } from "./operation.js";

/** What a cursor stands on: fills one reply after the other. */
export interface Batches {
  /**
   * Adds documents until the reply is full or there are no more.
   * @returns Whether there are no more.
   */
  fill(reply: CursorReply, operation: Operation): Promise<boolean>;
  /** Says that nobody will ask again. */
  close(): Promise<void>;
}

/** The result of a find. */
export class DocumentBatches implements Batches {
  readonly #source: DocumentSource;
  readonly #project: ((document: RawDocument) => readonly Buffer[]) | undefined;

  /** @param project - Gives the raw elements of what is answered for a document. */
  constructor(source: DocumentSource, project?: (document: RawDocument) => readonly Buffer[]) {
    this.#source = source;
    this.#project = project;
  }

  async fill(reply: CursorReply, operation: Operation): Promise<boolean> {
    while (!reply.isFull) {
      const document = this.#source.next(operation);
      if (document === undefined) return true;
      if (document === PAUSE) {
        this.#source.release();
        await operation.pause();
      } else if (this.#project === undefined) reply.add(document);
      else reply.addElements(this.#project(document));
    }
    this.#source.release();
    return this.#source.isAtEnd;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The command that a pipeline works for at the moment: the one that opened the cursor, then each getMore. */
export interface CurrentOperation {
  operation: Operation;
}

/** The result of a pipeline, which reads from `source` through {@link iterateDocuments}. */
export class PipelineBatches implements Batches {
  readonly #documents: AsyncIterator<RawDocument>;
  readonly #source: DocumentSource;
  readonly #current: CurrentOperation;

  constructor(pipeline: {
    documents: AsyncIterable<RawDocument>;
    source: DocumentSource;
    current: CurrentOperation;
  }) {
    this.#documents = pipeline.documents[Symbol.asyncIterator]();
    this.#source = pipeline.source;
    this.#current = pipeline.current;
  }

  async fill(reply: CursorReply, operation: Operation): Promise<boolean> {
    this.#current.operation = operation;
    while (!reply.isFull) {
      const next = await this.#documents.next();
      if (next.done === true) return true;
      reply.add(next.value);
      if (!operation.isOver) continue;
      this.#source.release();
      await operation.pause();
    }
    this.#source.release();
    return false;
  }

  async close(): Promise<void> {
    await this.#documents.return?.();
  }
}

/** The documents of a source as a pipeline takes them: each its own buffer, and giving way to others in between. */
export async function* iterateDocuments(
  source: DocumentSource,
  current: CurrentOperation,
): AsyncIterable<RawDocument> {
  for (;;) {
    const document = source.next(current.operation);
    if (document === undefined) return;
    if (document === PAUSE) {
      source.release();
      await current.operation.pause();
    } else yield Buffer.from(document);
  }
}

import type { RawDocument } from "../bson/document.js";
import type { MemoryShare } from "../memory-budget.js";
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
  /** What is held in memory for it, of the budget that all share. */
  readonly heldBytes: number;
  /** Says that nobody will ask again. */
  close(): Promise<void>;
}

export interface Projecting {
  /** Gives the raw elements of what is answered for a document. */
  readonly project?: ((document: RawDocument) => readonly Buffer[]) | undefined;
  /** What the source holds; given back when nobody will ask again. */
  readonly memory?: MemoryShare | undefined;
}

/** The result of a find. */
export class DocumentBatches implements Batches {
  readonly #source: DocumentSource;
  readonly #project: Projecting["project"];
  readonly #memory: MemoryShare | undefined;

  constructor(source: DocumentSource, { project, memory }: Projecting = {}) {
    this.#source = source;
    this.#project = project;
    this.#memory = memory;
  }

  get heldBytes(): number {
    return this.#memory?.heldBytes ?? 0;
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
    this.#memory?.release();
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
  readonly #memory: MemoryShare;

  constructor(pipeline: {
    documents: AsyncIterable<RawDocument>;
    source: DocumentSource;
    current: CurrentOperation;
    /** What the stages hold; given back when nobody will ask again. */
    memory: MemoryShare;
  }) {
    this.#documents = pipeline.documents[Symbol.asyncIterator]();
    this.#source = pipeline.source;
    this.#current = pipeline.current;
    this.#memory = pipeline.memory;
  }

  get heldBytes(): number {
    return this.#memory.heldBytes;
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
    this.#memory.release();
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

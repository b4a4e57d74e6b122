import type { RawDocument } from "../bson/document.js";
import type { MemoryShare } from "../memory-budget.js";

export interface PipelineContext {
  /** The time of the command: `$$NOW`. */
  readonly now: Date;
  /** Pays for what a `$sort` or `$group` holds. */
  readonly memory?: MemoryShare | undefined;
  /**
   * Asked between two documents that a stage has made itself: a promise when others are to have their turn first.
   * Absent, there are no others.
   */
  readonly giveWay?: () => Promise<void> | undefined;
}

export type Documents = AsyncIterable<RawDocument> | Iterable<RawDocument>;

/** A compiled stage: documents in, documents out. */
export type Stage = (documents: Documents, context: PipelineContext) => AsyncIterable<RawDocument>;

/** Documents that are all there, with others having their turn in between. */
export async function* paced(
  documents: Iterable<RawDocument>,
  { giveWay }: PipelineContext,
): AsyncIterable<RawDocument> {
  for (const document of documents) {
    const pause = giveWay?.();
    if (pause !== undefined) await pause;
    yield document;
  }
}

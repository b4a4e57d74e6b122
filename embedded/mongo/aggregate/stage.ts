import type { RawDocument } from "../bson/document.js";

export interface PipelineContext {
  /** The time of the command: `$$NOW`. */
  readonly now: Date;
  /** Bytes that a `$sort` or `$group` may hold before 292; default 100 MiB. */
  readonly maxBytes?: number | undefined;
}

export type Documents = AsyncIterable<RawDocument> | Iterable<RawDocument>;

/** A compiled stage: documents in, documents out. */
export type Stage = (documents: Documents, context: PipelineContext) => AsyncIterable<RawDocument>;

export const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;

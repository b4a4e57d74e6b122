import type { RawDocument } from "./bson/document.js";
import type { MatchDetails } from "./query/filter.js";

/** Gives the projected document; untouched fields keep their bytes. */
export type Projection = (document: RawDocument, match?: MatchDetails) => RawDocument;

/**
 * Compiles the projection of find and findAndModify: inclusion, exclusion, `_id`, dotted paths, `$slice`,
 * `$elemMatch`, the positional `path.$` (needs the `match` of `filter.matches`), and expressions.
 *
 * @throws CommandError: 31253/31254 (inclusion and exclusion mixed), 31249/31250 (colliding paths), 2, 9, 168.
 */
export declare function compileProjection(projection: RawDocument): Projection;

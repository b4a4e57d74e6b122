import {
  EMPTY_DOCUMENT,
  isEmptyDocument,
  joinElements,
  type RawDocument,
} from "../bson/document.js";
import type { MatchDetails } from "../query/filter.js";
import { ProjectionRun } from "./apply.js";
import { parseProjection } from "./parse.js";
import { checkPositionKnown } from "./positional.js";

/** Gives the projected document; untouched fields keep their bytes. */
export type Projection = (document: RawDocument, match?: MatchDetails) => RawDocument;

/**
 * Compiles the projection of find and findAndModify: inclusion, exclusion, `_id`, dotted paths, `$slice`,
 * `$elemMatch`, the positional `path.$` (needs the `match` of `filter.matches`), and expressions.
 *
 * @param filter - A valid one, which `path.$` has to do with.
 * @throws CommandError: 31253/31254 (inclusion and exclusion mixed), 31249/31250 (colliding paths), 28724 (`$slice`),
 * 31274/31275 (`$elemMatch`), 31277 (`path.$`), 51270, 2, 9, 168 and others. The projection itself throws 51246 when
 * `path.$` finds no matched element.
 */
export function compileProjection(
  projection: RawDocument,
  filter: RawDocument = EMPTY_DOCUMENT,
): Projection {
  if (isEmptyDocument(projection)) return (document) => document;
  const elements = compileElements(projection, filter);
  return (document, match) => joinElements(elements(document, match));
}

/** As {@link compileProjection}, for whoever puts the raw elements together in the place where they are needed. */
export function compileElements(
  projection: RawDocument,
  filter: RawDocument = EMPTY_DOCUMENT,
): (document: RawDocument, match?: MatchDetails) => readonly Buffer[] {
  const tree = parseProjection(projection, "find");
  if (tree.positional !== undefined) checkPositionKnown(tree.positional, filter);
  return (document, match) =>
    new ProjectionRun(tree, { root: document }, match).elements(document, tree.root);
}

/** A stage's way of shaping a document. */
export type Shape = (document: RawDocument, now: Date) => RawDocument;

/** Compiles the specification of a `$project` or `$addFields` stage; throws as {@link compileProjection}. */
export function compileShape(specification: RawDocument, use: "$project" | "$addFields"): Shape {
  const tree = parseProjection(specification, use);
  return (document, now) =>
    new ProjectionRun(tree, { root: document, now }, undefined).project(document, tree.root);
}

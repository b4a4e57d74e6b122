import { Bracket } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";
import type { ElementCondition, FilterNode, PathNode } from "./node.js";
import { intersectRanges, unionRanges, type KeyRange } from "./ranges.js";

/**
 * What one predicate of a filter says about the index keys of one path: every document that the filter matches has at
 * least one key of `path` (see `compileKeys`) inside `ranges`. All constraints of a filter hold at once, but in a
 * multikey index each may hold for another key of the document, so only one of them may bound a scan there; in an
 * index that is not multikey they may be intersected.
 */
export interface Constraint {
  readonly path: string;
  /** Sorted and disjoint; empty when nothing can match. */
  readonly ranges: readonly KeyRange[];
  /** The predicate holds for a document if and only if one of its keys lies in `ranges`: it need not be checked again. */
  readonly isExact: boolean;
}

/** A value that each match must have. */
export interface Equality {
  readonly path: string;
  readonly value: BsonValue;
}

/** Beyond, a scan of the collection is as good as so many ranges, and no time is lost on them. */
const MAX_CONDITIONS = 5000;

/** The constraints that hold for every match of a filter. */
export function constraintsOf(node: FilterNode): Constraint[] {
  switch (node.kind) {
    case "and":
      return node.children.slice(0, MAX_CONDITIONS).flatMap(constraintsOf);
    case "or":
      return constraintsOfAny(node.children);
    case "path":
      return constraintsOfPath(node);
    case "nor":
    case "not":
    case "expression":
      return [];
  }
}

/** Each branch must bound the path, else the whole says nothing about it. */
function constraintsOfAny(branches: readonly FilterNode[]): Constraint[] {
  if (branches.length > MAX_CONDITIONS) return [];
  const [first, ...others] = branches.map(constraintsOf);
  if (first === undefined) return [];
  const constraints: Constraint[] = [];
  for (const { path, ranges } of first) {
    const same = others.map((branch) => branch.find((constraint) => constraint.path === path));
    if (same.includes(undefined) || constraints.some((known) => known.path === path)) continue;
    const all = same.flatMap((constraint) => constraint?.ranges ?? []);
    constraints.push({ path, ranges: unionRanges([...ranges, ...all]), isExact: false });
  }
  return constraints;
}

function constraintsOfPath({ path, parts, predicate }: PathNode): Constraint[] {
  if (predicate.element) return constraintsOfElement(path, predicate.element);
  const keys = predicate.keys?.();
  if (keys === undefined) return [];
  const { ranges, isExact } = keys;
  const hasPosition = parts.some(({ index }) => index !== -1);
  // With a number in the path, "missing" may be said of an element that has no key of its own.
  if (hasPosition && ranges.some(isNullish)) return [];
  return [{ path, ranges, isExact: isExact && !hasPosition }];
}

function isNullish({ start }: KeyRange): boolean {
  return (start[0] ?? 0) <= Bracket.null;
}

/** One element fulfils everything, so one key does, and the ranges of several operators may be intersected. */
function constraintsOfElement(path: string, { node, isOnFields }: ElementCondition): Constraint[] {
  const inner = constraintsOf(node);
  if (!isOnFields) {
    const [first, ...others] = inner;
    if (first === undefined) return [];
    const ranges = others.reduce(
      (all, next) => intersectRanges(all, next.ranges),
      [...first.ranges],
    );
    return [{ path, ranges, isExact: false }];
  }
  return inner
    .filter((constraint) => !constraint.ranges.some(isNullish))
    .filter((constraint) => !/(^|\.)\d+(\.|$)/.test(constraint.path))
    .map((constraint) => ({ ...constraint, path: `${path}.${constraint.path}`, isExact: false }));
}

/** Whether the constraints say all that the filter says. */
export function isCovered(node: FilterNode): boolean {
  if (node.kind === "and")
    return node.children.length <= MAX_CONDITIONS && node.children.every(isCovered);
  if (node.kind !== "path") return false;
  const constraints = constraintsOf(node);
  return constraints.length > 0 && constraints.every(({ isExact }) => isExact);
}

/** Values that each match has, as far as an upsert takes them over: `$eq` and `$all`. */
export function equalitiesOf(node: FilterNode): Equality[] {
  if (node.kind === "and") return node.children.flatMap(equalitiesOf);
  if (node.kind === "or" && node.children.length === 1) return node.children.flatMap(equalitiesOf);
  if (node.kind !== "path" || node.predicate.operator !== "$eq") return [];
  return [{ path: node.path, value: node.predicate.operand }];
}

import { Bracket } from "../bson/type.js";
import { constraintsOf } from "./constraints.js";
import type { FilterNode, PathNode } from "./node.js";
import { areRangesInside, prefixRange, type KeyRange } from "./ranges.js";

/** Every key but those of null, undefined and missing. */
const PRESENT_KEYS: readonly KeyRange[] = [
  prefixRange(Buffer.from([Bracket.minKey])),
  { start: Buffer.from([Bracket.number]), end: Buffer.from([0xff]), isPoint: false },
];

/**
 * Whether every document that `node` matches is matched by `wanted` too, as far as comparing predicates tells:
 * false means "not known".
 */
export function impliesNode(node: FilterNode, wanted: FilterNode): boolean {
  switch (wanted.kind) {
    case "and":
      return wanted.children.every((child) => impliesNode(node, child));
    case "or":
      return wanted.children.some((child) => impliesNode(node, child));
    case "path":
      return hasSamePredicate(node, wanted) || areKeysImplied(node, wanted);
    case "nor":
    case "not":
    case "expression":
      return false;
  }
}

function hasSamePredicate(node: FilterNode, wanted: PathNode): boolean {
  if (node.kind === "and") return node.children.some((child) => hasSamePredicate(child, wanted));
  if (node.kind !== "path" || node.path !== wanted.path) return false;
  const [own, other] = [node.predicate, wanted.predicate];
  if (own.operator === "$exists" && other.operator === "$exists") return true;
  return (
    own.operator === other.operator &&
    own.operand.type === other.operand.type &&
    own.operand.bytes.equals(other.operand.bytes)
  );
}

/** A key of the path lies where `wanted` needs one. */
function areKeysImplied(node: FilterNode, wanted: PathNode): boolean {
  const own = constraintsOf(node).filter(({ path }) => path === wanted.path);
  if (wanted.predicate.operator === "$exists") {
    return own.some(({ ranges }) => areRangesInside(ranges, PRESENT_KEYS));
  }
  return constraintsOf(wanted).some(
    (target) =>
      target.isExact &&
      target.path === wanted.path &&
      own.some(({ ranges }) => areRangesInside(ranges, target.ranges)),
  );
}

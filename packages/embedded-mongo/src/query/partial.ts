import type { FilterNode } from "./node.js";

/** What MongoDB's manual allows in a `partialFilterExpression`; `$exists: false` is a negation, which it does not. */
const OPERATORS = ["$eq", "$in", "$gt", "$gte", "$lt", "$lte", "$exists", "$type"];

/** Whether a filter may decide which documents an index holds. */
export function mayFilterIndex(node: FilterNode): boolean {
  switch (node.kind) {
    case "and":
    case "or":
      return node.children.every(mayFilterIndex);
    case "path":
      return OPERATORS.includes(node.predicate.operator);
    case "nor":
    case "not":
    case "expression":
      return false;
  }
}

import type { RawDocument } from "../bson/document.js";
import type { PathPart } from "../bson/path.js";
import type { Predicate } from "./predicate.js";

/** A parsed filter. */
export type FilterNode = LogicalNode | NotNode | PathNode | ExpressionNode;

export interface LogicalNode {
  readonly kind: "and" | "or" | "nor";
  readonly children: readonly FilterNode[];
}

export interface NotNode {
  readonly kind: "not";
  readonly child: FilterNode;
}

/** A predicate on what lies at a path. */
export interface PathNode {
  readonly kind: "path";
  readonly path: string;
  readonly parts: readonly PathPart[];
  readonly predicate: Predicate;
}

/** `$expr`. */
export interface ExpressionNode {
  readonly kind: "expression";
  readonly test: (document: RawDocument) => boolean;
}

/** All predicates of a filter, those inside of `$elemMatch` included. */
export function predicatesOf(node: FilterNode): Predicate[] {
  switch (node.kind) {
    case "and":
    case "or":
    case "nor":
      return node.children.flatMap(predicatesOf);
    case "not":
      return predicatesOf(node.child);
    case "path": {
      const { element } = node.predicate;
      return element === undefined
        ? [node.predicate]
        : [node.predicate, ...predicatesOf(element.node)];
    }
    case "expression":
      return [];
  }
}

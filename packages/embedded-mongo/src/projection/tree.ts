import type { Expression } from "../expression/expression.js";
import type { Filter } from "../query/filter.js";

/** What is done with one field. */
export type ProjectionNode =
  | { readonly kind: "include" }
  | { readonly kind: "exclude" }
  | { readonly kind: "branch"; readonly children: Map<string, ProjectionNode> }
  | { readonly kind: "computed"; readonly evaluate: Expression }
  /** `$slice`: `count` elements from `start`; a negative start counts from the end. */
  | { readonly kind: "slice"; readonly start: number; readonly count: number }
  /** `$elemMatch`: the first element that fulfils the filter. */
  | { readonly kind: "element"; readonly filter: Filter }
  /** `path.$`: the element that the query matched. */
  | { readonly kind: "positional" };

export interface ProjectionTree {
  /** Fields that are not named are left out; otherwise they are kept. */
  readonly isInclusion: boolean;
  readonly root: Map<string, ProjectionNode>;
  /** The path of `path.$`. */
  readonly positional?: string | undefined;
}

import { ArrayBuilder } from "../bson/array-builder.js";
import { readElements, type BsonElement } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";

/** Fewer branches are as quick one by one. */
const MIN_JOINED = 20;

export interface JoinedBranches {
  /** `$in` lists, by the path that they are asked of. */
  readonly lists: ReadonlyMap<string, BsonValue>;
  /** The branches that are something else. */
  readonly others: readonly BsonValue[];
}

/**
 * Takes the equalities out of the branches of a `$or`: `{ a: 1 }, { a: 2 }` and twenty thousand more are one
 * `{ a: { $in: [1, 2, …] } }`, which looks at a document once.
 */
export function joinEqualities(branches: readonly BsonValue[]): JoinedBranches {
  const byPath = new Map<string, { branch: BsonValue; element: BsonElement }[]>();
  const others: BsonValue[] = [];
  for (const branch of branches) {
    const element = equalityOf(branch);
    if (element === undefined) others.push(branch);
    else {
      const same = byPath.get(element.name);
      if (same === undefined) byPath.set(element.name, [{ branch, element }]);
      else same.push({ branch, element });
    }
  }
  const lists = new Map<string, BsonValue>();
  for (const [path, equalities] of byPath) {
    if (equalities.length < MIN_JOINED) others.push(...equalities.map(({ branch }) => branch));
    else lists.set(path, listOf(equalities.map(({ element }) => element)));
  }
  return { lists, others };
}

/** The one field of a branch, when it is a literal to be compared with. */
function equalityOf(branch: BsonValue): BsonElement | undefined {
  if (branch.type !== BsonType.object) return undefined;
  const [element, another] = readElements(branch.bytes);
  if (element === undefined || another !== undefined) return undefined;
  return element.name.startsWith("$") || !isLiteral(element) ? undefined : element;
}

/** A document may hold operators; a regular expression is one; undefined is refused. */
function isLiteral({ type }: BsonValue): boolean {
  return type !== BsonType.object && type !== BsonType.regex && type !== BsonType.undefined;
}

function listOf(values: readonly BsonValue[]): BsonValue {
  const list = new ArrayBuilder();
  for (const value of values) list.add(value);
  return list.finish();
}

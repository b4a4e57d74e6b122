import { ArrayBuilder } from "../bson/array-builder.js";
import { eachElement, type BsonElement } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";

/** Fewer branches are as quick one by one. */
const MIN_JOINED = 20;

interface Equality {
  readonly branch: BsonValue;
  readonly element: BsonElement;
}

/**
 * The equalities among the branches of a `$or`: `{ a: 1 }, { a: 2 }` and twenty thousand more are one
 * `{ a: { $in: [1, 2, …] } }`, which looks at a document once.
 */
export class JoinedEqualities {
  readonly #byPath = new Map<string, Equality[]>();

  /** @returns Whether the branch is an equality, and was taken. */
  take(branch: BsonValue): boolean {
    const element = equalityOf(branch);
    if (element === undefined) return false;
    const same = this.#byPath.get(element.name);
    if (same === undefined) this.#byPath.set(element.name, [{ branch, element }]);
    else same.push({ branch, element });
    return true;
  }

  /** `$in` lists, by the path that they are asked of. */
  get lists(): [path: string, list: BsonValue][] {
    return [...this.#byPath]
      .filter(([, equalities]) => equalities.length >= MIN_JOINED)
      .map(([path, equalities]) => [path, listOf(equalities)]);
  }

  /** The branches that were taken and are in no list, because there are too few of their path. */
  get others(): BsonValue[] {
    return [...this.#byPath.values()]
      .filter((equalities) => equalities.length < MIN_JOINED)
      .flatMap((equalities) => equalities.map(({ branch }) => branch));
  }
}

/** The one field of a branch, when it is a literal to be compared with. */
function equalityOf(branch: BsonValue): BsonElement | undefined {
  if (branch.type !== BsonType.object) return undefined;
  const [element, another] = eachElement(branch.bytes);
  if (element === undefined || another !== undefined) return undefined;
  return element.name.startsWith("$") || !isLiteral(element) ? undefined : element;
}

/** A document may hold operators; a regular expression is one; undefined is refused. */
function isLiteral({ type }: BsonValue): boolean {
  return type !== BsonType.object && type !== BsonType.regex && type !== BsonType.undefined;
}

function listOf(equalities: readonly Equality[]): BsonValue {
  const list = new ArrayBuilder();
  for (const { element } of equalities) list.add(element);
  return list.finish();
}

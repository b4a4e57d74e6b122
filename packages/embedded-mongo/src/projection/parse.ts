import {
  buildDocument,
  isEmptyDocument,
  readElements,
  readValues,
  type BsonElement,
  type RawDocument,
} from "../bson/document.js";
import { isNumber, isTruthy, toIntegerExactly } from "../bson/number.js";
import { BsonType } from "../bson/type.js";
import { describeValue, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileExpression } from "../expression/compile.js";
import { compileFilter } from "../query/filter.js";
import { isOperatorDocument } from "../query/operator-document.js";
import { checkPositional } from "./positional.js";
import type { ProjectionNode, ProjectionTree } from "./tree.js";

/**
 * Where a projection stands: only find knows `$slice`, `$elemMatch` and `path.$`; in `$addFields` everything is an
 * expression and no field is left out.
 */
export type ProjectionUse = "find" | "$project" | "$addFields";

/** Parses a projection document. See `compileProjection` for what it throws. */
export function parseProjection(projection: RawDocument, use: ProjectionUse): ProjectionTree {
  return new ProjectionParser(use).parse(projection);
}

class ProjectionParser {
  readonly #use: ProjectionUse;
  readonly #root = new Map<string, ProjectionNode>();
  /** `undefined` until a field decides; `_id`, `$slice` and `$elemMatch` stand in both kinds of projection. */
  #isInclusion: boolean | undefined;
  #id: "include" | "exclude" | undefined;
  /** Of `path.$`. */
  #positional: string | undefined;
  #hasSlice = false;
  #hasElement = false;

  constructor(use: ProjectionUse) {
    this.#use = use;
  }

  parse(projection: RawDocument): ProjectionTree {
    this.#parseFields("", projection);
    if (this.#use === "$addFields") return { isInclusion: false, root: this.#root };
    const isInclusion = this.#isInclusion ?? this.#isInclusionByDefault();
    if (isInclusion && !this.#root.has("_id")) this.#root.set("_id", { kind: "include" });
    // In an inclusion, `_id: 0` needs no node: what is not named is left out.
    if (isInclusion && this.#id === "exclude") this.#root.delete("_id");
    if (!isInclusion && this.#id === "include") this.#root.delete("_id");
    return { isInclusion, root: this.#root, positional: this.#positional };
  }

  /** `$slice` alone leaves other fields in, `$elemMatch` alone leaves them out, and `$slice` is the stronger. */
  #isInclusionByDefault(): boolean {
    return this.#id === "include" || (this.#hasElement && !this.#hasSlice);
  }

  #parseFields(prefix: string, document: RawDocument): void {
    for (const element of readElements(document)) {
      const path = prefix === "" ? element.name : `${prefix}.${element.name}`;
      const isSubProjection = element.type === BsonType.object && !isOperatorDocument(element);
      if (!isSubProjection) {
        this.#addField(path, element);
      } else if (isEmptyDocument(element.bytes) && this.#use === "$addFields") {
        this.#addField(path, element);
      } else if (isEmptyDocument(element.bytes)) {
        throw new CommandError(
          51270,
          "An empty sub-projection is not a valid value. Found empty object at path",
        );
      } else {
        this.#parseFields(path, element.bytes);
      }
    }
  }

  #addField(path: string, element: BsonElement): void {
    if (this.#use === "find" && path.endsWith(".$")) {
      this.#addPositional(path.slice(0, -2), element);
      return;
    }
    const node = this.#nodeOf(element);
    if (path === "_id" && (node.kind === "include" || node.kind === "exclude")) {
      this.#id = node.kind;
    } else if (node.kind === "slice") {
      this.#hasSlice = true;
    } else if (node.kind === "element") {
      this.#addElement(path);
    } else {
      this.#decide(path, node.kind !== "exclude");
    }
    addNode(this.#root, path, node);
  }

  #addPositional(path: string, element: BsonElement): void {
    checkPositional(element);
    if (this.#positional !== undefined)
      throw new CommandError(
        31276,
        "Cannot specify more than one positional projection per query.",
      );
    this.#positional = path;
    this.#refuseBothPositions(31256);
    this.#decide(path, true);
    addNode(this.#root, path, { kind: "positional" });
  }

  #addElement(path: string): void {
    if (path.includes("."))
      throw new CommandError(31275, "Cannot use $elemMatch projection on a nested field.");
    this.#hasElement = true;
    this.#refuseBothPositions(31255);
  }

  #refuseBothPositions(code: number): void {
    if (this.#positional !== undefined && this.#hasElement)
      throw new CommandError(code, "Cannot specify positional operator and $elemMatch.");
  }

  #decide(path: string, isInclusion: boolean): void {
    if (this.#isInclusion === !isInclusion) {
      throw isInclusion
        ? new CommandError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
        : new CommandError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    }
    this.#isInclusion = isInclusion;
  }

  #nodeOf(element: BsonElement): ProjectionNode {
    const isFlag = isNumber(element) || element.type === BsonType.bool;
    if (isFlag && this.#use !== "$addFields") {
      return { kind: isTruthy(element) ? "include" : "exclude" };
    }
    const [operator] = isOperatorDocument(element) ? readElements(element.bytes) : [];
    if (this.#use === "find" && operator?.name === "$slice") return sliceOf(operator);
    if (this.#use === "find" && operator?.name === "$elemMatch") return elementOf(operator);
    return { kind: "computed", evaluate: compileExpression(element) };
  }
}

function addNode(root: Map<string, ProjectionNode>, path: string, node: ProjectionNode): void {
  const names = path.split(".");
  let children = root;
  for (const [depth, name] of names.entries()) {
    refuseName(path, name);
    const known = children.get(name);
    const isLast = depth === names.length - 1;
    if (known !== undefined && (isLast || known.kind !== "branch")) {
      const code = isLast ? 31250 : 31249;
      throw new CommandError(
        code,
        `Path collision at ${path} remaining portion ${names.slice(depth).join(".")}`,
      );
    }
    if (isLast) {
      children.set(name, node);
      return;
    }
    const branch = known ?? { kind: "branch", children: new Map<string, ProjectionNode>() };
    children.set(name, branch);
    children = branch.children;
  }
}

function refuseName(path: string, name: string): void {
  if (name === "")
    throw new CommandError(40352, `FieldPath must not have an empty field name: '${path}'`);
  if (name.startsWith("$")) {
    throw new CommandError(16410, `FieldPath field names may not start with '$': '${path}'`);
  }
}

function sliceOf(operand: BsonElement): ProjectionNode {
  const given = operand.type === BsonType.array ? readValues(operand.bytes) : [operand];
  const numbers = given.map((value) => integerOf(value));
  if (numbers.length > 2) {
    throw new CommandError(28724, "$slice takes a number, or an array of two numbers");
  }
  const [first = 0, count] = numbers;
  if (count === undefined) {
    return first < 0
      ? { kind: "slice", start: first, count: -first }
      : { kind: "slice", start: 0, count: first };
  }
  if (count <= 0) {
    throw new CommandError(
      28729,
      `The number of elements for $slice must be positive, but is ${count}`,
    );
  }
  return { kind: "slice", start: first, count };
}

function integerOf(value: BsonValue): number {
  const integer = isNumber(value) ? toIntegerExactly(value) : undefined;
  if (integer !== undefined) return Number(integer);
  throw new CommandError(28724, `$slice needs whole numbers, but got: ${describeValue(value)}`);
}

function elementOf(operand: BsonElement): ProjectionNode {
  if (operand.type !== BsonType.object)
    throw new CommandError(
      31274,
      `elemMatch: Invalid argument, object required, but got ${describeValue(operand)}`,
    );
  // `$elemMatch` on an array of one element is exactly the test of that element.
  const filter = compileFilter(
    buildDocument([
      ["element", { type: BsonType.object, bytes: buildDocument([["$elemMatch", operand]]) }],
    ]),
  );
  return { kind: "element", filter };
}

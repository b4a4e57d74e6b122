import {
  EMPTY_DOCUMENT,
  arrayValue,
  buildDocument,
  encodeElement,
  getField,
  isEmptyDocument,
  joinElements,
  readValues,
  type RawDocument,
} from "../bson/document.js";
import { stretchesOf } from "../bson/stretches.js";
import { BsonType } from "../bson/type.js";
import { objectValue, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { Scope } from "../expression/expression.js";
import type { MatchDetails } from "../query/filter.js";
import type { ProjectionNode, ProjectionTree } from "./tree.js";

type Children = ReadonlyMap<string, ProjectionNode>;
type BranchNode = Extract<ProjectionNode, { kind: "branch" }>;

/**
 * Projects one document: kept fields in their order and bytes, then computed ones in the order of the projection.
 * An element that `$elemMatch` found is computed as well.
 */
export class ProjectionRun {
  readonly #isInclusion: boolean;
  readonly #scope: Scope;
  readonly #position: number | undefined;

  constructor({ isInclusion }: ProjectionTree, scope: Scope, match: MatchDetails | undefined) {
    this.#isInclusion = isInclusion;
    this.#scope = scope;
    this.#position = match?.position;
  }

  project(document: RawDocument, children: Children): RawDocument {
    return joinElements(this.elements(document, children));
  }

  /** The raw elements of the projected document; those that are kept are views of the given one. */
  elements(document: RawDocument, children: Children): readonly Buffer[] {
    const raws: Buffer[] = [];
    const open = new Map([...children].filter(([, node]) => isComputing(node)));
    for (const element of stretchesOf(document, children.keys())) {
      if (element.name === undefined) {
        if (!this.#isInclusion) raws.push(element.raw);
        continue;
      }
      const node = children.get(element.name);
      const isForLater = node?.kind === "computed" || node?.kind === "element";
      if (isForLater && this.#isInclusion) continue;
      open.delete(element.name);
      const value = node
        ? this.#projectValue(element, node)
        : this.#isInclusion
          ? undefined
          : element;
      if (value === element) raws.push(element.raw);
      else if (value) raws.push(encodeElement(element.name, value));
    }
    for (const [name, node] of open) {
      const given = node.kind === "element" ? getField(document, name) : undefined;
      const value = given ? this.#projectValue(given, node) : this.#create(node);
      if (value) raws.push(encodeElement(name, value));
    }
    return raws;
  }

  /** `undefined` leaves the field out. */
  #projectValue(value: BsonValue, node: ProjectionNode): BsonValue | undefined {
    switch (node.kind) {
      case "include":
        return value;
      case "exclude":
        return undefined;
      case "computed":
        return node.evaluate(this.#scope);
      case "branch":
        return this.#projectInside(value, node);
      case "slice":
        return value.type === BsonType.array ? sliceArray(value, node) : value;
      case "element": {
        const found = elementsOf(value).find((element) => node.filter.matches(wrap(element)));
        return found && arrayValue([found]);
      }
      case "positional":
        return this.#matchedElement(value);
    }
  }

  #projectInside(value: BsonValue, node: BranchNode): BsonValue | undefined {
    if (value.type === BsonType.object) {
      return objectValue(this.project(value.bytes, node.children));
    }
    if (value.type === BsonType.array) {
      const items = readValues(value.bytes).map((item) => this.#projectInside(item, node));
      return arrayValue(items.filter((item) => item !== undefined));
    }
    if (isComputing(node)) return this.#create(node);
    return this.#isInclusion ? undefined : value;
  }

  #create(node: ProjectionNode): BsonValue | undefined {
    if (node.kind === "computed") return node.evaluate(this.#scope);
    if (node.kind !== "branch") return undefined;
    const created = this.project(EMPTY_DOCUMENT, node.children);
    return isEmptyDocument(created) ? undefined : objectValue(created);
  }

  #matchedElement(value: BsonValue): BsonValue {
    if (value.type !== BsonType.array) return value;
    const element =
      this.#position === undefined ? undefined : readValues(value.bytes)[this.#position];
    if (element !== undefined) return arrayValue([element]);
    throw new CommandError(
      51246,
      "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
    );
  }
}

/** Whether fields appear behind those that are kept. */
function isComputing(node: ProjectionNode): boolean {
  if (node.kind === "branch") return [...node.children.values()].some(isComputing);
  return node.kind === "computed" || node.kind === "element";
}

function elementsOf(value: BsonValue): BsonValue[] {
  return value.type === BsonType.array ? readValues(value.bytes) : [];
}

function wrap(element: BsonValue): RawDocument {
  return buildDocument([["element", arrayValue([element])]]);
}

function sliceArray(
  array: BsonValue,
  { start, count }: { start: number; count: number },
): BsonValue {
  const values = readValues(array.bytes);
  const from = start < 0 ? Math.max(0, values.length + start) : start;
  return arrayValue(values.slice(from, from + count));
}

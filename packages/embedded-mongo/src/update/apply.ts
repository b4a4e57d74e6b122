import {
  EMPTY_DOCUMENT,
  arrayValue,
  encodeElement,
  isEmptyDocument,
  joinElements,
  readValues,
  type RawDocument,
} from "../bson/document.js";
import { stretchesOf } from "../bson/stretches.js";
import { BsonType } from "../bson/type.js";
import { NULL_VALUE, describeValue, objectValue, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { UpdateScope } from "./modifier.js";
import { conflict, type UpdateBranch, type UpdateNode } from "./tree.js";

const MAX_PADDING = 1_500_000;
const ARRAY_INDEX = /^(0|[1-9]\d*)$/;

/**
 * Applies a tree of modifiers to a document. Elements that no modifier reaches are copied as they are; new fields are
 * appended in the order of their names. Gives the same buffer back when nothing was touched.
 *
 * @throws CommandError 28 (PathNotViable) when a path leads through something that is neither document nor array.
 */
export function applyToDocument(
  document: RawDocument,
  branch: UpdateBranch,
  scope: UpdateScope,
): RawDocument {
  const children = resolvePositional(branch, scope);
  const raws: Buffer[] = [];
  let isTouched = false;
  for (const element of stretchesOf(document, children.keys())) {
    if (element.name === undefined) {
      raws.push(element.raw);
      continue;
    }
    const child = children.get(element.name);
    // Of duplicate names only the first one is the field.
    children.delete(element.name);
    const value = child ? applyToValue(child, element, scope) : element;
    if (value === element) raws.push(element.raw);
    else {
      isTouched = true;
      if (value) raws.push(encodeElement(element.name, value));
    }
  }
  for (const [name, child] of [...children].sort(([a], [b]) => compareNames(a, b))) {
    const value = applyToValue(child, undefined, scope);
    if (value === undefined) continue;
    isTouched = true;
    raws.push(encodeElement(name, value));
  }
  return isTouched ? joinElements(raws) : document;
}

/** The children with the position in place of `$`; a copy, since the tree serves many documents. */
function resolvePositional(
  { children }: UpdateBranch,
  { position }: UpdateScope,
): Map<string, UpdateNode> {
  const resolved = new Map(children);
  const positional = resolved.get("$");
  if (positional === undefined) return resolved;
  if (position === undefined) {
    throw new CommandError(
      "BadValue",
      "The positional operator did not find the match needed from the query.",
    );
  }
  resolved.delete("$");
  const name = String(position);
  if (resolved.has(name)) throw conflict(name, name);
  return resolved.set(name, positional);
}

/** Numbers by size, other names by their bytes. */
function compareNames(a: string, b: string): number {
  if (ARRAY_INDEX.test(a) && ARRAY_INDEX.test(b)) return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function applyToValue(
  node: UpdateNode,
  current: BsonValue | undefined,
  scope: UpdateScope,
): BsonValue | undefined {
  if (node.kind === "leaf") return node.change.modifier(current, scope);
  if (current === undefined) {
    const created = applyToDocument(EMPTY_DOCUMENT, node, scope);
    return isEmptyDocument(created) ? undefined : objectValue(created);
  }
  if (current.type === BsonType.array) return applyToArray(node, current, scope);
  if (current.type !== BsonType.object) {
    refuseCreation(node, current, scope);
    return current;
  }
  const changed = applyToDocument(current.bytes, node, scope);
  return changed === current.bytes ? current : objectValue(changed);
}

/** What is only unset or left alone need not be reachable; what would be created must be. */
function refuseCreation(node: UpdateBranch, current: BsonValue, scope: UpdateScope): void {
  for (const [name, child] of resolvePositional(node, scope)) {
    if (!needsViablePath(child, scope)) continue;
    throw new CommandError(
      "PathNotViable",
      `Cannot create field '${name}' in element ${describeValue(current)}`,
    );
  }
}

function needsViablePath(node: UpdateNode, scope: UpdateScope): boolean {
  if (node.kind === "branch")
    return [...resolvePositional(node, scope).values()].some((child) =>
      needsViablePath(child, scope),
    );
  const { modifier, needsViablePath: isNeeded = false } = node.change;
  return isNeeded || modifier(undefined, scope) !== undefined;
}

function applyToArray(node: UpdateBranch, current: BsonValue, scope: UpdateScope): BsonValue {
  const values = readValues(current.bytes);
  let isTouched = false;
  for (const [name, child] of [...resolvePositional(node, scope)].sort(([a], [b]) =>
    compareNames(a, b),
  )) {
    if (!ARRAY_INDEX.test(name)) {
      refuseCreation({ kind: "branch", children: new Map([[name, child]]) }, current, scope);
      continue;
    }
    const index = Number(name);
    const existing = values[index];
    const value = applyToValue(child, existing, scope);
    if (value === existing) continue;
    isTouched = true;
    padTo(values, index);
    // Removing an element would move the others, so MongoDB puts null in its place.
    values[index] = value ?? NULL_VALUE;
  }
  return isTouched ? arrayValue(values) : current;
}

function padTo(values: BsonValue[], length: number): void {
  if (length > values.length + MAX_PADDING) {
    throw new CommandError("BadValue", `can't backfill more than ${MAX_PADDING} elements`);
  }
  while (values.length < length) values.push(NULL_VALUE);
}

import type { Field, Model } from "./model.js";
import { compareModels } from "./order.js";

export interface KeyPart {
  readonly path: string;
  readonly direction: 1 | -1;
}

/** The values of one index key or sort key; `undefined` is a missing field. */
export type Key = readonly (Model | undefined)[];

/** How far a path was followed, and through which elements. */
interface Trail {
  readonly names: readonly string[];
  readonly at: number;
  readonly value: Model | undefined;
  readonly isElement: boolean;
}

/**
 * All keys that a document has in an index: one for each way to take one element of every array on the paths.
 * `"parallel"` when two paths lead through different arrays. For paths without numbers.
 */
export function indexKeys(fields: readonly Field[], parts: readonly KeyPart[]): Key[] | "parallel" {
  const value: Model = { type: "object", fields };
  return expand(
    parts.map(({ path }) => ({ names: path.split("."), at: 0, value, isElement: false })),
  );
}

function expand(trails: readonly Trail[]): Key[] | "parallel" {
  const walked = trails.map(walk);
  const open = walked.filter(isOpen);
  const [array] = open;
  if (array === undefined) return [walked.map(({ value }) => value)];
  if (open.some((trail) => placeOf(trail) !== placeOf(array))) return "parallel";
  const items = itemsOf(array);
  const rows = items.map((item) =>
    expand(
      walked.map((trail) => (isOpen(trail) ? { ...trail, value: item, isElement: true } : trail)),
    ),
  );
  if (items.length === 0) rows.push(expand(walked.map(emptied)));
  const keys = rows.filter((row) => row !== "parallel");
  return keys.length < rows.length ? "parallel" : keys.flat();
}

const itemsOf = ({ value }: Trail) => (value?.type === "array" ? value.items : []);
const isOpen = ({ value, isElement }: Trail) => value?.type === "array" && !isElement;
const placeOf = ({ names, at }: Trail) => names.slice(0, at).join(".");

/** An empty array is undefined where a path ends, and hides whatever the rest of a path asks for. */
function emptied(trail: Trail): Trail {
  if (!isOpen(trail)) return trail;
  const value: Model | undefined =
    trail.at === trail.names.length ? { type: "undefined" } : undefined;
  return { ...trail, at: trail.names.length, value };
}

function walk(trail: Trail): Trail {
  if (trail.at === trail.names.length || isOpen(trail)) return trail;
  const { value, names, at } = trail;
  if (value?.type !== "object")
    return { ...trail, at: names.length, value: undefined, isElement: false };
  const next = value.fields.find(([name]) => name === names[at])?.[1];
  return walk({ ...trail, at: at + 1, value: next, isElement: false });
}

const NULL: Model = { type: "null" };

/** Compares two keys part by part; a missing field is null. */
export function compareKeys(a: Key, b: Key, parts: readonly KeyPart[]): number {
  for (const [index, { direction }] of parts.entries()) {
    const sign = compareModels(a[index] ?? NULL, b[index] ?? NULL) * direction;
    if (sign !== 0) return sign;
  }
  return 0;
}

/** What decides the place of a document in a sort: its first key. */
export function sortKey(fields: readonly Field[], parts: readonly KeyPart[]): Key | "parallel" {
  const keys = indexKeys(fields, parts);
  if (keys === "parallel") return keys;
  return keys.reduce((least, key) => (compareKeys(key, least, parts) < 0 ? key : least));
}

import { type Condition, elementMatches } from "./matching.js";
import type { Field, Model } from "./model.js";

/** `{ path: 1, … }` or `{ path: 0, … }`, without `_id`, no path inside another one. */
export interface Projection {
  readonly isInclusion: boolean;
  readonly paths: readonly string[];
  /** One more field, outside of the paths, of which a part is left. */
  readonly part?: ProjectedPart | undefined;
}

/** `{ field: { $slice: count } }` or `{ field: { $elemMatch: condition } }` */
export type ProjectedPart =
  | { readonly field: string; readonly count: number }
  | { readonly field: string; readonly condition: Condition };

/** What `find` and `$project` leave of a document; `_id` stays. */
export function projectedFields(
  fields: readonly Field[],
  { isInclusion, paths, part }: Projection,
): readonly Field[] {
  const named = part === undefined ? [] : [part.field];
  const wanted = isInclusion ? ["_id", ...paths, ...named] : paths;
  const left = projectFields(
    fields,
    wanted.map((path) => path.split(".")),
    isInclusion,
  );
  return part === undefined ? left : withPart(left, part, isInclusion);
}

function withPart(
  fields: readonly Field[],
  part: ProjectedPart,
  isInclusion: boolean,
): readonly Field[] {
  const cut = fields.flatMap(([name, value]): Field[] => {
    const rest = name === part.field ? partOf(value, part) : value;
    return rest === undefined ? [] : [[name, rest]];
  });
  if (!isInclusion || "count" in part) return cut;
  // What was found counts as computed: it comes last.
  const isFound = ([name]: Field) => name === part.field;
  return [...cut.filter((field) => !isFound(field)), ...cut.filter(isFound)];
}

function partOf(value: Model, part: ProjectedPart): Model | undefined {
  if ("count" in part) {
    if (value.type !== "array") return value;
    const { count } = part;
    const items = count < 0 ? value.items.slice(count) : value.items.slice(0, count);
    return { type: "array", items };
  }
  const operator = "$elemMatch";
  const items = value.type === "array" ? value.items : [];
  const found = items.find((item) =>
    elementMatches(item, { operator, conditions: [part.condition] }),
  );
  return found && { type: "array", items: [found] };
}

function projectFields(
  fields: readonly Field[],
  paths: readonly (readonly string[])[],
  isInclusion: boolean,
): readonly Field[] {
  return fields.flatMap(([name, value]): Field[] => {
    const rests = paths.filter((path) => path[0] === name).map((path) => path.slice(1));
    if (rests.length === 0) return isInclusion ? [] : [[name, value]];
    if (rests.some((rest) => rest.length === 0)) return isInclusion ? [[name, value]] : [];
    const projected = projectValue(value, rests, isInclusion);
    return projected === undefined ? [] : [[name, projected]];
  });
}

/** Objects and the objects in arrays are projected; anything else has no such field. */
function projectValue(
  value: Model,
  paths: readonly (readonly string[])[],
  isInclusion: boolean,
): Model | undefined {
  if (value.type === "object")
    return { type: "object", fields: projectFields(value.fields, paths, isInclusion) };
  if (value.type === "array") {
    const items = value.items.map((item) => projectValue(item, paths, isInclusion));
    return { type: "array", items: items.filter((item) => item !== undefined) };
  }
  return isInclusion ? undefined : value;
}

import type { Field, Model } from "./model.js";

/** `{ path: 1, … }` or `{ path: 0, … }`, without `_id`, no path inside another one. */
export interface Projection {
  readonly isInclusion: boolean;
  readonly paths: readonly string[];
}

/** What `find` and `$project` leave of a document; `_id` stays. */
export function projectedFields(
  fields: readonly Field[],
  { isInclusion, paths }: Projection,
): readonly Field[] {
  const wanted = isInclusion ? ["_id", ...paths] : paths;
  return projectFields(
    fields,
    wanted.map((path) => path.split(".")),
    isInclusion,
  );
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

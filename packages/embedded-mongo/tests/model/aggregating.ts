import type { Field, Model } from "./model.js";
import { compareModels } from "./order.js";
import { projectedFields, type Projection } from "./projecting.js";

type Fields = readonly Field[];

/** The stages that come after `$match` and a `$sort` by `_id`. */
export type Stage =
  | { readonly stage: "$skip" | "$limit"; readonly count: number }
  | { readonly stage: "$count" }
  | { readonly stage: "$project"; readonly projection: Projection }
  | { readonly stage: "$unwind"; readonly field: string; readonly keepsEmpty: boolean }
  | { readonly stage: "$group"; readonly by: string; readonly field: string };

export function runStage(documents: readonly Fields[], stage: Stage): Fields[] {
  switch (stage.stage) {
    case "$skip":
      return documents.slice(stage.count);
    case "$limit":
      return documents.slice(0, stage.count);
    case "$count":
      return documents.length === 0 ? [] : [[["count", int(documents.length)]]];
    case "$project":
      return documents.map((fields) => projectedFields(fields, stage.projection));
    case "$unwind":
      return documents.flatMap((fields) => unwound(fields, stage));
    case "$group":
      return grouped(documents, stage);
  }
}

const int = (value: number): Model => ({ type: "int", value });
const fieldOf = (fields: Fields, name: string) => fields.find(([key]) => key === name)?.[1];

function unwound(
  fields: Fields,
  { field, keepsEmpty }: { field: string; keepsEmpty: boolean },
): Fields[] {
  const value = fieldOf(fields, field);
  const kept = keepsEmpty ? [fields] : [];
  if (value === undefined || value.type === "null" || value.type === "undefined") return kept;
  if (value.type !== "array") return [fields];
  if (value.items.length === 0) return kept.map((all) => all.filter(([name]) => name !== field));
  return value.items.map((item) =>
    fields.map(([name, old]): Field => [name, name === field ? item : old]),
  );
}

/** `{ _id, n: { $sum: 1 }, least: { $min }, most: { $max }, first: { $first }, last: { $last }, all: { $push } }` */
function grouped(
  documents: readonly Fields[],
  { by, field }: { by: string; field: string },
): Fields[] {
  const groups: { id: Model; members: Fields[] }[] = [];
  for (const fields of documents) {
    const id = fieldOf(fields, by) ?? NULL;
    const known = groups.find((group) => compareModels(group.id, id) === 0);
    if (known === undefined) groups.push({ id, members: [fields] });
    else known.members.push(fields);
  }
  return groups.map(({ id, members }) => {
    const values = members.map((fields) => fieldOf(fields, field));
    const there = values.filter((value) => value !== undefined);
    const solid = there.filter(({ type }) => type !== "null" && type !== "undefined");
    return [
      ["_id", id],
      ["n", int(members.length)],
      ["least", solid.reduce(lesser, solid[0] ?? NULL)],
      ["most", solid.reduce(greater, solid[0] ?? NULL)],
      ["first", values[0] ?? NULL],
      ["last", values.at(-1) ?? NULL],
      ["all", { type: "array", items: there }],
    ];
  });
}

const NULL: Model = { type: "null" };
const lesser = (a: Model, b: Model) => (compareModels(b, a) < 0 ? b : a);
const greater = (a: Model, b: Model) => (compareModels(b, a) > 0 ? b : a);

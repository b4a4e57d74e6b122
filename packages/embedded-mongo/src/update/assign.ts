import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";
import { applyToDocument } from "./apply.js";
import { addChange, emptyBranch } from "./tree.js";

/** Sets fields by dotted path as `$set` does; a value that is `undefined` takes the field away. */
export function assignPaths(
  document: RawDocument,
  fields: readonly { readonly path: string; readonly value: BsonValue | undefined }[],
): RawDocument {
  const tree = emptyBranch();
  for (const { path, value } of fields) addChange(tree, { path, modifier: () => value });
  // Plain assignments ask for no more of the scope than `original`; the rest is that of an insert without a query.
  return applyToDocument(document, tree, {
    original: document,
    now: new Date(0),
    isInsert: true,
    position: undefined,
  });
}

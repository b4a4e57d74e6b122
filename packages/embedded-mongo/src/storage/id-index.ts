import { encodeDocument, type RawDocument } from "../bson/document.js";

/** The definition of the index on `_id` that every collection has. */
export function idIndexSpec(): RawDocument {
  return encodeDocument({ v: 2, key: { _id: 1 }, name: "_id_" });
}

import type { RawDocument } from "../../bson/document.js";
import { compileShape } from "../../projection/projection.js";
import type { Filter } from "../../query/filter.js";
import { Sorter, type Sort } from "../../sort.js";
import type { Stage } from "../stage.js";

/** `$match`. */
export function matchStage(filter: Filter): Stage {
  return async function* (documents) {
    for await (const document of documents) {
      if (filter.matches(document)) yield document;
    }
  };
}

/** `$project`, `$addFields`. */
export function shapeStage(specification: RawDocument, use: "$project" | "$addFields"): Stage {
  const shape = compileShape(specification, use);
  return async function* (documents, { now }) {
    for await (const document of documents) yield shape(document, now);
  };
}

/** `$sort`; with a `limit` it holds no more than about twice as many documents. */
export function sortStage(sort: Sort, limit: number | undefined): Stage {
  return async function* (documents, { maxBytes }) {
    const sorter = new Sorter(sort, { limit, maxBytes });
    for await (const document of documents) sorter.add(document);
    yield* sorter.sorted();
  };
}

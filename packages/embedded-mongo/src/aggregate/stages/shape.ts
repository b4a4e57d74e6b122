import type { RawDocument } from "../../bson/document.js";
import { compileShape } from "../../projection/projection.js";
import type { Filter } from "../../query/filter.js";
import type { Sort } from "../../sort.js";
import { Sorter } from "../../sorter.js";
import { PAUSE } from "../../turn.js";
import type { Stage } from "../stage.js";

/** The pipeline itself decides how long a turn is. */
const ALWAYS_OVER = { isOver: true };

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

/** `$sort`; with a `limit` it holds no more documents than that. */
export function sortStage(sort: Sort, limit: number | undefined): Stage {
  return async function* (documents, { memory, giveWay }) {
    const sorter = new Sorter(sort, { limit, memory });
    for await (const document of documents) sorter.add(document);
    while (!sorter.isEmpty) {
      const document = sorter.next(ALWAYS_OVER);
      const pause = giveWay?.();
      if (pause !== undefined) await pause;
      if (document !== undefined && document !== PAUSE) yield document;
    }
  };
}

import type { RawDocument } from "../../../embedded/mongo/bson/document.js";
import type { Sort } from "../../../embedded/mongo/sort.js";
import { Sorter, type SorterOptions } from "../../../embedded/mongo/sorter.js";
import { PAUSE } from "../../../embedded/mongo/turn.js";

/** All documents that a sorter gives out, resting as often as possible. */
export function sorted(
  sort: Sort,
  documents: readonly RawDocument[],
  options?: SorterOptions,
): RawDocument[] {
  const sorter = new Sorter(sort, options);
  for (const document of documents) sorter.add(document);
  const found: RawDocument[] = [];
  while (!sorter.isEmpty) {
    const next = sorter.next({ isOver: true });
    if (next !== undefined && next !== PAUSE) found.push(next);
  }
  return found;
}

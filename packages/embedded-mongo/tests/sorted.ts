import type { RawDocument } from "../src/bson/document.js";
import type { Sort } from "../src/sort.js";
import { Sorter, type SorterOptions } from "../src/sorter.js";
import { PAUSE } from "../src/turn.js";

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

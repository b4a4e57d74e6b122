import type { EventDoc } from "../../common/events/event.js";
import { isWanted, type TypePatterns } from "../../common/events/type-filter.js";
import type { StreamPart } from "../../common/events/stream.js";
import { presentChange } from "../../common/events/present.js";

/** After it a browser connects again, in milliseconds. */
const RETRY_MS = 2000;

/**
 * Events as an `EventSource` reads them (HTML, section 9.2), beginning with where they begin. A block without data is no event, but a client continues
 * behind its id when it connects again. So it does not miss what happens in between, nor read again what it does not want.
 *
 * @param types - What it wants. Default: everything.
 */
export async function* serverSentEvents(
  { seq, parts }: { readonly seq: number; readonly parts: AsyncIterable<StreamPart> },
  types?: TypePatterns,
): AsyncGenerator<string, void, undefined> {
  yield `retry: ${RETRY_MS}\nid: ${seq}\n\n`;
  for await (const { items, seq: last } of parts) {
    const wanted = items.filter(({ type }) => types === undefined || isWanted(types, type));
    const isSaid = wanted.at(-1)?.seq === last;
    yield wanted.map(block).join("") + (isSaid ? "" : `: nothing else\nid: ${last}\n\n`);
  }
}

function block(event: EventDoc): string {
  const { seq, type } = event;
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(presentChange(event))}\n\n`;
}

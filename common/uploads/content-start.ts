import { joinPieces } from "../platform/join-pieces.js";

/** How content begins: all of it, or a way to read it from its first byte on. */
export type ContentStart =
  | { readonly isAll: true; readonly bytes: Buffer }
  | { readonly isAll: false; readonly content: AsyncIterable<Buffer> };

/**
 * Reads content until it ends or has passed `most` bytes.
 *
 * @throws Whatever `content` throws meanwhile.
 */
export async function readStart(
  content: AsyncIterable<Buffer>,
  most: number,
): Promise<ContentStart> {
  const rest = content[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  for (let sizeBytes = 0; sizeBytes <= most;) {
    const next = await rest.next();
    if (next.done === true) return { isAll: true, bytes: joinPieces(pieces) };
    pieces.push(next.value);
    sizeBytes += next.value.length;
  }
  return { isAll: false, content: fromStart(pieces, rest) };
}

async function* fromStart(
  pieces: readonly Buffer[],
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* pieces;
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield next.value;
  } finally {
    await rest.return?.();
  }
}

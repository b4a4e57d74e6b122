import { type MovieBox, outerBoxes, readAt } from "./movie-boxes.js";
import { MAX_HEADER_BYTES } from "./movie-header.js";
import type { ByteSource } from "./source.js";

/** The boxes on the way to the tables that say where the samples of a track are. */
const PARENTS = new Set(["trak", "mdia", "minf", "stbl"]);

/**
 * A movie in the formats of MP4 and QuickTime, in an order in which it can be decoded from a pipe: what describes the samples (`moov`) comes before them
 * (`mdat`). Cameras write it behind them. One that has that order already, or that cannot be brought into it, comes as it is.
 *
 * @param maxBytes - So many bytes at most.
 */
export async function* movieStream(
  content: ByteSource,
  maxBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let leftBytes = maxBytes;
  for await (const piece of reordered(content)) {
    yield piece.subarray(0, leftBytes);
    leftBytes -= piece.length;
    if (leftBytes <= 0) return;
  }
}

async function* reordered(content: ByteSource): AsyncGenerator<Buffer, void, undefined> {
  const boxes = new Map<string, MovieBox>();
  for await (const box of outerBoxes(content)) {
    if (!boxes.has(box.type)) boxes.set(box.type, box);
    if (box.type === "moov") break;
  }
  const [moov, mdat] = [boxes.get("moov"), boxes.get("mdat")];
  if (moov === undefined || mdat === undefined || moov.sizeBytes > MAX_HEADER_BYTES) {
    yield* readAll(content, { first: 0, last: content.sizeBytes - 1 });
    return;
  }
  const header = await readAt(content, moov.at, moov.sizeBytes);
  shiftOffsets(header, { from: mdat.at, to: moov.at, by: header.length });
  yield* readAll(content, { first: 0, last: mdat.at - 1 });
  yield header;
  yield* readAll(content, { first: mdat.at, last: moov.at - 1 });
  yield* readAll(content, { first: moov.at + moov.sizeBytes, last: content.sizeBytes - 1 });
}

async function* readAll(content: ByteSource, window: Parameters<ByteSource["read"]>[0]) {
  if (window.first <= window.last) yield* content.read(window);
}

/** Bytes that are moved to behind the header. */
interface Shift {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

/** Corrects the tables of a header (ISO/IEC 14496-12, §8.7.5), in place. What is damaged stays as it is. */
function shiftOffsets(box: Buffer, shift: Shift): void {
  let at = 8;
  while (at + 8 <= box.length) {
    const sizeBytes = box.readUInt32BE(at);
    if (sizeBytes < 8) return;
    const inner = box.subarray(at, at + sizeBytes);
    const type = box.toString("latin1", at + 4, at + 8);
    if (PARENTS.has(type)) shiftOffsets(inner, shift);
    else if (type === "stco") shiftTable(inner, 4, shift);
    else if (type === "co64") shiftTable(inner, 8, shift);
    at += sizeBytes;
  }
}

const MAX_OFFSET = { 4: 2 ** 32 - 1, 8: Number.MAX_SAFE_INTEGER };

/** An offset that would not fit is one of samples that no preview needs. */
function shiftTable(table: Buffer, width: 4 | 8, { from, to, by }: Shift): void {
  if (table.length < 16) return;
  const count = Math.min(table.readUInt32BE(12), Math.floor((table.length - 16) / width));
  for (let n = 0; n < count; n += 1) {
    const at = 16 + n * width;
    const offset = width === 4 ? table.readUInt32BE(at) : Number(table.readBigUInt64BE(at));
    if (offset < from || offset >= to) continue;
    const moved = Math.min(offset + by, MAX_OFFSET[width]);
    if (width === 4) table.writeUInt32BE(moved, at);
    else table.writeBigUInt64BE(BigInt(moved), at);
  }
}

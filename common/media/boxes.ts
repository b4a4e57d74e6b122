/** What the boxes of a type hold, on one level (ISO/IEC 14496-12, §4.2). */
export function boxesIn(bytes: Buffer, type: string): Buffer[] {
  return allBoxesIn(bytes)
    .filter((box) => box.type === type)
    .map(({ content }) => content);
}

interface Box {
  /** Four letters. */
  readonly type: string;
  readonly content: Buffer;
}

/** All boxes on one level, in their order. The last one may be cut. */
export function allBoxesIn(bytes: Buffer): Box[] {
  const found: Box[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const sizeBytes = bytes.readUInt32BE(at);
    if (sizeBytes < 8) break;
    const type = bytes.toString("latin1", at + 4, at + 8);
    found.push({ type, content: bytes.subarray(at + 8, at + sizeBytes) });
    at += sizeBytes;
  }
  return found;
}

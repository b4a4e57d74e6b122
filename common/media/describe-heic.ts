import { countOf, type Details, detailsOf } from "../inspection/details.js";
import { allBoxesIn, boxesIn } from "./boxes.js";
import type { MediaTask } from "./task.js";

/** Reads how large the main picture of HEIC is (ISO/IEC 23008-12, §6.5.3 and §6.5.10). Nothing is decoded. */
export function describeHeic({ bytes }: MediaTask): Promise<Details> {
  const properties = propertiesOfMain(Buffer.from(bytes));
  const size = properties.find(({ type }) => type === "ispe")?.content;
  if (size === undefined || size.length < 12) return Promise.resolve({});
  const turns = properties.find(({ type }) => type === "irot")?.content[0] ?? 0;
  const lengths = [size.readUInt32BE(4), size.readUInt32BE(8)] as const;
  const [width, height] = turns % 2 === 0 ? lengths : [lengths[1], lengths[0]];
  return Promise.resolve(detailsOf({ width: countOf(width), height: countOf(height) }));
}

/** The properties of the item that is shown. */
function propertiesOfMain(bytes: Buffer): ReturnType<typeof allBoxesIn> {
  const meta = boxesIn(bytes, "meta")[0]?.subarray(4) ?? Buffer.alloc(0);
  const primary = boxesIn(meta, "pitm")[0];
  const properties = boxesIn(meta, "iprp")[0];
  if (primary === undefined || properties === undefined) return [];
  const known = allBoxesIn(boxesIn(properties, "ipco")[0] ?? Buffer.alloc(0));
  const main = primary[0] === 0 ? primary.readUInt16BE(4) : primary.readUInt32BE(4);
  const associations = boxesIn(properties, "ipma").flatMap(associationsIn);
  const own = associations.find(({ itemId }) => itemId === main)?.properties ?? [];
  return own.flatMap((number) => known[number - 1] ?? []);
}

interface Association {
  readonly itemId: number;
  /** Which properties it has, counted from 1. */
  readonly properties: readonly number[];
}

/** @throws RangeError where the box is cut. */
function associationsIn(box: Buffer): Association[] {
  const isLong = box.readUInt8(0) > 0;
  const isWide = (box.readUInt8(3) & 1) === 1;
  const found: Association[] = [];
  let at = 8;
  for (let left = box.readUInt32BE(4); left > 0; left -= 1) {
    const itemId = isLong ? box.readUInt32BE(at) : box.readUInt16BE(at);
    at += isLong ? 4 : 2;
    const count = box.readUInt8(at);
    at += 1;
    const start = at;
    at += count * (isWide ? 2 : 1);
    const numberAt = (n: number) =>
      isWide ? box.readUInt16BE(start + 2 * n) & 0x7fff : box.readUInt8(start + n) & 0x7f;
    found.push({ itemId, properties: Array.from({ length: count }, (_, n) => numberAt(n)) });
  }
  return found;
}

import type { BoundedSource } from "./source.js";

const RAR4 = Buffer.from("Rar!\u001a\u0007\u0000", "latin1");
const RAR5 = Buffer.from("Rar!\u001a\u0007\u0001\u0000", "latin1");
/** The codec of 7-Zip that encrypts. */
const AES = Buffer.from("06f10701", "hex");
const MAX_HEADER_BYTES = 64 * 1024;
/** So many blocks of a RAR archive are looked at. */
const MOST_BLOCKS = 64;

/**
 * Whether a 7z or RAR archive needs a password, as far as that can be known without unpacking: from the header of a 7z archive, unless that is
 * compressed, and from the first blocks of a RAR archive.
 */
export async function isSealedArchive(source: BoundedSource, head: Buffer): Promise<boolean> {
  if (head.subarray(0, RAR5.length).equals(RAR5)) return isSealedRar5(head);
  if (head.subarray(0, RAR4.length).equals(RAR4)) return isSealedRar4(head);
  return isSealed7z(source, head);
}

async function isSealed7z(source: BoundedSource, head: Buffer): Promise<boolean> {
  if (head.length < 32 || head.toString("hex", 0, 6) !== "377abcaf271c") return false;
  const first = 32 + Number(head.readBigUInt64LE(12));
  const sizeBytes = Number(head.readBigUInt64LE(20));
  return (await source.read(first, Math.min(sizeBytes, MAX_HEADER_BYTES))).includes(AES);
}

/** The header of the archive, or of a file in it, has a flag. */
function isSealedRar4(head: Buffer): boolean {
  let at = RAR4.length;
  for (let n = 0; n < MOST_BLOCKS && at + 11 <= head.length; n += 1) {
    const [type, flags] = [head.readUInt8(at + 2), head.readUInt16LE(at + 3)];
    if (type === 0x73 && (flags & 0x80) !== 0) return true;
    if (type === 0x74 && (flags & 0x04) !== 0) return true;
    const dataBytes = (flags & 0x8000) === 0 ? 0 : head.readUInt32LE(at + 7);
    at += Math.max(7, head.readUInt16LE(at + 5)) + dataBytes;
  }
  return false;
}

/** There is an encryption header, or a file has an encryption record. */
function isSealedRar5(head: Buffer): boolean {
  const numbers = new Numbers(head, RAR5.length);
  for (let n = 0; n < MOST_BLOCKS && numbers.at + 7 < head.length; n += 1) {
    numbers.at += 4;
    const headerBytes = numbers.next();
    const end = numbers.at + headerBytes;
    const [type, flags] = [numbers.next(), numbers.next()];
    if (type === 4) return true;
    const extraBytes = (flags & 1) === 0 ? 0 : numbers.next();
    const dataBytes = (flags & 2) === 0 ? 0 : numbers.next();
    if (type === 2 && hasEncryptionRecord(head, { first: end - extraBytes, end })) return true;
    numbers.at = end + dataBytes;
  }
  return false;
}

function hasEncryptionRecord(
  head: Buffer,
  { first, end }: { readonly first: number; readonly end: number },
): boolean {
  const numbers = new Numbers(head, first);
  while (numbers.at > 0 && numbers.at < Math.min(end, head.length)) {
    const sizeBytes = numbers.next();
    const next = numbers.at + sizeBytes;
    if (sizeBytes === 0) return false;
    if (numbers.next() === 1) return true;
    numbers.at = next;
  }
  return false;
}

/** Numbers of variable length, seven bits a byte, one after the other. */
class Numbers {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    let number = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      number += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    return number;
  }
}

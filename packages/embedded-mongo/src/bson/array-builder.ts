import { BsonType } from "./type.js";
import type { BsonValue } from "./value.js";

const FIRST_BYTES = 64;
/** Of an element, besides name and value: type and the NUL of the name. */
const ELEMENT_BYTES = 2;

/** Builds an array value by value, in one piece of memory that grows: a million numbers are no million objects. */
export class ArrayBuilder {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #end = 4;
  #count = 0;

  /** Bytes of the array so far. */
  get sizeBytes(): number {
    return this.#end + 1;
  }

  /** Appends a copy of the value. */
  add({ type, bytes }: BsonValue): void {
    const name = String(this.#count);
    this.#require(this.sizeBytes + ELEMENT_BYTES + name.length + bytes.length);
    this.#end = this.#bytes.writeUInt8(type, this.#end);
    this.#end += this.#bytes.write(name, this.#end, "latin1");
    this.#end = this.#bytes.writeUInt8(0, this.#end);
    this.#end += bytes.copy(this.#bytes, this.#end);
    this.#count += 1;
  }

  /** The array; nothing is added afterwards. */
  finish(): BsonValue {
    this.#bytes.writeUInt8(0, this.#end);
    this.#bytes.writeInt32LE(this.sizeBytes, 0);
    return { type: BsonType.array, bytes: this.#bytes.subarray(0, this.sizeBytes) };
  }

  #require(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

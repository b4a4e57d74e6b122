import type { Environment } from "../src/storage/environment.js";

const LARGE_BYTES = 130_200;
const SMALL_BYTES = 4_300;
/** Of these some stay until the next round. */
const OWNERS = 4;

interface Kind {
  readonly bytes: number;
  readonly most: number;
  readonly mostAtOnce: number;
  readonly entries: number;
}

const LARGE: Kind = { bytes: LARGE_BYTES, most: 1000, mostAtOnce: 40, entries: 2 };
const SMALL: Kind = { bytes: SMALL_BYTES, most: 2000, mostAtOnce: 80, entries: 8 };

/** A value in short: its number, its size, and whether each of its bytes is what was written. */
export function lineOf({ key, value }: { key: Buffer; value: Buffer }): string {
  const id = key.readUInt32BE(4);
  const isWhole = value.equals(contentOf(id, value.length));
  return `${id}: ${value.length} bytes${isWhole ? "" : ", of another value"}`;
}

/** Fills and empties a store as owners do who upload large files, then small ones, and delete them in any order. */
export class PageChurn {
  /** What the values took when most of them were there. */
  mostBytes = 0;
  readonly #live = new Map<number, Kind>();
  #bytes = 0;
  #state: number;
  #next = 1;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  expectedDocuments(): string[] {
    const ids = [...this.#live].sort(([one], [other]) => one - other);
    return ids.map(([id, { bytes }]) => `${id}: ${bytes} bytes`);
  }

  expectedEntries(): number {
    return [...this.#live.values()].reduce((sum, { entries }) => sum + entries, 0);
  }

  async round(environment: Environment): Promise<void> {
    for (const kind of [LARGE, SMALL]) {
      const kept: number[][] = [];
      for (let owner = 0; owner < OWNERS; owner++) {
        kept.push(await this.#fill(environment, kind));
        if (kind === SMALL && this.#random() < 0.7)
          await this.#empty(environment, kept.pop() ?? []);
      }
      for (const ids of kept)
        await this.#empty(environment, ids.slice(Math.floor(ids.length * 0.1)));
    }
    // What stayed goes in the end, but for the last.
    const old = [...this.#live.keys()].slice(0, -100);
    if (this.#random() < 0.5) await this.#empty(environment, old);
  }

  async #fill(environment: Environment, kind: Kind): Promise<number[]> {
    const ids = Array.from({ length: 100 + this.#below(kind.most) }, () => this.#next++);
    for (let at = 0, count = 0; at < ids.length; at += count) {
      count = 1 + this.#below(kind.mostAtOnce);
      await environment.transaction(() => {
        for (const id of ids.slice(at, at + count)) this.#put(environment, id, kind);
      });
    }
    this.mostBytes = Math.max(this.mostBytes, this.#bytes);
    return ids;
  }

  async #empty(environment: Environment, ids: readonly number[]): Promise<void> {
    const order = this.#random() < 0.5 ? this.#shuffled(ids) : ids;
    const atOnce = 1 + this.#below(this.#random() < 0.5 ? 3 : 300);
    for (let at = 0; at < order.length; at += atOnce)
      await environment.transaction(() => {
        for (const id of order.slice(at, at + atOnce)) this.#remove(environment, id);
      });
  }

  #put({ documents, indexes }: Environment, id: number, kind: Kind): void {
    documents.putSync(documentKey(id), contentOf(id, kind.bytes));
    for (let entry = 0; entry < kind.entries; entry++)
      indexes.putSync(entryKey(id, entry), documentKey(id));
    this.#live.set(id, kind);
    this.#bytes += kind.bytes;
  }

  #remove({ documents, indexes }: Environment, id: number): void {
    const kind = this.#live.get(id);
    if (kind === undefined) throw new Error(`${id} is not there`);
    documents.removeSync(documentKey(id));
    for (let entry = 0; entry < kind.entries; entry++) indexes.removeSync(entryKey(id, entry));
    this.#live.delete(id);
    this.#bytes -= kind.bytes;
  }

  #shuffled(ids: readonly number[]): number[] {
    const keyed = ids.map((id) => ({ id, at: this.#random() }));
    return keyed.sort((one, other) => one.at - other.at).map(({ id }) => id);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function documentKey(id: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeUInt32BE(id, 4);
  return key;
}

/** In another order than that of the ids, as indexed values are. */
function entryKey(id: number, entry: number): Buffer {
  const key = Buffer.alloc(40);
  key.writeUInt32BE(entry);
  key.writeDoubleBE(((id * 2_654_435_761) % 2 ** 32) * (entry + 1), 8);
  key.writeUInt32BE(id, 36);
  return key;
}

function contentOf(id: number, bytes: number): Buffer {
  const content = Buffer.alloc(bytes, id & 0xff);
  content.writeUInt32BE(id);
  content.writeUInt32BE(id, bytes - 4);
  return content;
}

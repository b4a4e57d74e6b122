/** A binary heap: the first item of an order at hand, others in no order. */
export class Heap<T> {
  readonly #isBefore: (a: T, b: T) => boolean;
  readonly #items: T[] = [];

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapUnlessBefore(parent, at)) break;
      at = parent;
    }
  }

  /** Takes the first item out. */
  take(): T | undefined {
    const [first] = this.#items;
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.replaceFirst(last);
    return first;
  }

  /** Puts an item in the place of the first, which costs half of taking one and adding one. */
  replaceFirst(item: T): void {
    this.#items[0] = item;
    for (let at = 0; ;) {
      const child = this.#firstChild(at);
      if (child === undefined || !this.#swapUnlessBefore(at, child)) return;
      at = child;
    }
  }

  /** Takes all items out, in no order. */
  takeAll(): T[] {
    return this.#items.splice(0);
  }

  #firstChild(at: number): number | undefined {
    const left = 2 * at + 1;
    const [a, b] = [this.#items[left], this.#items[left + 1]];
    if (a === undefined) return undefined;
    return b !== undefined && this.#isBefore(b, a) ? left + 1 : left;
  }

  /** @returns Whether the two, of which `upper` stood above, were swapped. */
  #swapUnlessBefore(upper: number, lower: number): boolean {
    const [a, b] = [this.#items[upper], this.#items[lower]];
    if (a === undefined || b === undefined || !this.#isBefore(b, a)) return false;
    this.#items[upper] = b;
    this.#items[lower] = a;
    return true;
  }
}

import { computed, signal } from "@preact/signals";
import type { Entry } from "./entry.js";
import type { Listing } from "./listing.js";

/** How a click or key changes what is selected. */
export type Gesture = "only" | "toggle" | "range";

/** Which rows of a list are selected, and which one the keyboard is at. */
export class Selection {
  /** By id. */
  readonly chosen = signal<ReadonlyMap<string, Entry>>(new Map());
  /** The row that has the focus when the list has it. */
  readonly active = signal(0);
  readonly count = computed(() => this.chosen.value.size);
  readonly #listing: Listing;
  #anchor = 0;
  #last = 0;

  constructor(listing: Listing) {
    this.#listing = listing;
  }

  /** What is selected, in the order of its selection. */
  get entries(): readonly Entry[] {
    return [...this.chosen.value.values()];
  }

  has(entry: Entry): boolean {
    return this.chosen.value.has(entry.id);
  }

  clear(): void {
    if (this.chosen.value.size > 0) this.chosen.value = new Map();
  }

  /** Selects one row as well, takes it out, or selects all rows from the last one on. */
  async choose(index: number, gesture: Gesture): Promise<void> {
    this.active.value = index;
    const request = ++this.#last;
    if (gesture === "range") {
      const first = Math.min(index, this.#anchor);
      const range = { first, end: Math.max(index, this.#anchor) + 1 };
      const rows = await this.#listing.rows(range);
      if (request === this.#last) this.set(rows);
      return;
    }
    const entry = this.#listing.view.value.at(index);
    if (entry === undefined) return;
    this.#anchor = index;
    if (gesture === "only") this.set([entry]);
    else this.#toggle(entry);
  }

  /** Selects the whole list. All of it is read for that. @throws Problem */
  async chooseAll(): Promise<void> {
    const request = ++this.#last;
    const rows = await this.#listing.rows({ first: 0, end: Infinity });
    if (request === this.#last) this.set(rows);
  }

  set(entries: readonly Entry[]): void {
    this.chosen.value = new Map(entries.map((entry) => [entry.id, entry]));
  }

  #toggle(entry: Entry): void {
    const chosen = new Map(this.chosen.value);
    if (!chosen.delete(entry.id)) chosen.set(entry.id, entry);
    this.chosen.value = chosen;
  }
}

import { signal } from "@preact/signals";
import type { Entry } from "./entry.js";
import { Pages, type Range, type Source } from "./pages.js";

/** How many rows are read before they come into view. */
const AHEAD = 150;

const BEGINNING: Range = { first: 0, end: 1 };

/** What a list shows at one moment. Each change of the list is a new one. */
export interface View {
  readonly isBegun: boolean;
  readonly isCounted: boolean;
  readonly count: number;
  readonly at: (index: number) => Entry | undefined;
}

const viewOf = (pages: Pages): View => ({
  isBegun: pages.isBegun,
  isCounted: pages.isCounted,
  count: pages.count,
  at: (index) => pages.at(index),
});

/** A list of entries that is read as far as it is looked at. */
export class Listing {
  readonly source: Source;
  readonly view = signal<View>({ isBegun: false, isCounted: false, count: 0, at: () => undefined });
  /** What kept it from being read. */
  readonly fault = signal<unknown>(undefined);
  readonly #stop = new AbortController();
  #pages: Pages;
  #wanted = BEGINNING;
  #isReading = false;
  #isStale = false;
  #refreshed: Promise<void> | undefined;

  constructor(source: Source) {
    this.source = source;
    this.#pages = this.#newPages();
  }

  /** Reads the rows of a range, and some around it. */
  want({ first, end }: Range): void {
    this.#wanted = { first: Math.max(0, first - AHEAD), end: end + AHEAD };
    void this.#readWanted();
  }

  /** All rows of a range, once they are read. @throws Problem */
  async rows(range: Range): Promise<readonly Entry[]> {
    const pages = this.#pages;
    await pages.load(() => range);
    const length = Math.min(range.end, pages.count) - range.first;
    return Array.from({ length }, (_, n) => pages.at(range.first + n)).filter(
      (entry) => entry !== undefined,
    );
  }

  /** All rows that were read, in order. */
  get read(): readonly Entry[] {
    return this.#pages.read;
  }

  /** Where an entry is; -1 if it is not among those that were read. */
  indexOf(id: string): number {
    const { count, at } = this.view.value;
    for (let index = 0; index < count; index += 1) if (at(index)?.id === id) return index;
    return -1;
  }

  /** Shows an entry as an answer has it, until the list is read again. */
  replace(entry: Entry): void {
    this.#pages.replace(entry);
    this.view.value = viewOf(this.#pages);
  }

  /** Reads what is in view again, and shows it when all of it is there. Once at a time, and once more if it was asked for meanwhile. */
  refresh(): Promise<void> {
    if (this.#refreshed === undefined) {
      this.#refreshed = this.#replacePages().finally(() => (this.#refreshed = undefined));
      return this.#refreshed;
    }
    this.#isStale = true;
    return this.#refreshed;
  }

  /** Tries again after a fault. */
  retry(): void {
    this.fault.value = undefined;
    void this.#readWanted();
  }

  /** Ends all requests. */
  close(): void {
    this.#stop.abort();
  }

  async #readWanted(): Promise<void> {
    if (this.#isReading || this.fault.value !== undefined) return;
    this.#isReading = true;
    try {
      // A refresh may bring other pages meanwhile.
      for (let read; read !== this.#pages;) {
        read = this.#pages;
        await read.load(() => this.#wanted);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.fault.value = error;
    } finally {
      this.#isReading = false;
    }
  }

  async #replacePages(): Promise<void> {
    do {
      this.#isStale = false;
      const pages = this.#newPages();
      try {
        await pages.load(() => BEGINNING);
        await pages.counted;
        await pages.load(() => this.#wanted);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.fault.value = error;
        return;
      }
      this.#pages = pages;
      this.fault.value = undefined;
      this.view.value = viewOf(pages);
    } while (this.#isAskedAgain());
    void this.#readWanted();
  }

  #isAskedAgain(): boolean {
    return this.#isStale;
  }

  #newPages(): Pages {
    const pages: Pages = new Pages(this.source, this.#stop.signal, () => {
      if (pages === this.#pages) this.view.value = viewOf(pages);
    });
    return pages;
  }
}

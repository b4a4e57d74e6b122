/** What one command reads at most. */
const MOST_BYTES_PER_READ = 1024 * 1024;
/** What one command may always read: smaller ones would cost more than what they save. */
const LEAST_BYTES_PER_READ = 256 * 1024;

/**
 * What all readers together may have under way. Opening makes another buffer of each frame, and what readers hold must not outlive V8's
 * young generation: only full collections would free it (`docs/speed.md`).
 */
const BYTES_UNDER_WAY = { plain: 8 * 1024 * 1024, sealed: 6 * 1024 * 1024 };

/** How far one reader may read ahead at the moment. */
export interface Share {
  readonly bytesPerRead: number;
  readonly readsAtOnce: number;
}

/**
 * Shares what may be under way among those who read long content: one alone reads 2 MiB ahead, and many hold little each, so that memory
 * does not grow with their number before there are some thirty.
 */
export class ReadAhead {
  #readers = 0;

  /**
   * Counts a reader, unless one read is enough for it.
   *
   * @param storedBytes - How much it is going to read.
   * @returns What is to be called, once, when it has ended.
   */
  begin(storedBytes: number): () => void {
    if (storedBytes <= MOST_BYTES_PER_READ) return () => undefined;
    this.#readers += 1;
    return () => {
      this.#readers -= 1;
    };
  }

  /** What a reader may do now; others come and go, so that it asks again before each read. */
  share(kind: keyof typeof BYTES_UNDER_WAY): Share {
    const bytes = BYTES_UNDER_WAY[kind] / Math.max(1, this.#readers);
    if (bytes >= 2 * MOST_BYTES_PER_READ) {
      return { bytesPerRead: MOST_BYTES_PER_READ, readsAtOnce: 2 };
    }
    const bytesPerRead = Math.min(MOST_BYTES_PER_READ, Math.max(LEAST_BYTES_PER_READ, bytes));
    return { bytesPerRead, readsAtOnce: 1 };
  }
}

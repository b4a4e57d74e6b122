/** Which chunks, both ends inclusive. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** What one command reads at most, chosen by measuring (`docs/speed.md`): of many readers, more would outlive V8's young generation. */
const BYTES_PER_READ = 1024 * 1024;
/** What it reads for a client that may be slow. */
const BYTES_PER_FIRST_READ = 256 * 1024;
/** The buffers of both kernels take some MiB at once, however slow the client is. */
const BYTES_OF_QUICK_CLIENT = 4 * 1024 * 1024;
/** How long a client that is quick needs for a chunk at most, in milliseconds. */
const PATIENCE_MS = 250;

/**
 * Reads the chunks of a window for one client: 1 MiB at once, and the next MiB while the client takes this one, for a client that has
 * taken 4 MiB quickly; else 256 KiB and nothing ahead. What a client does not take soon is let go of, and read again when it goes on.
 */
export class ReadAhead<Chunk> {
  readonly #read: (window: Window) => Promise<Chunk[]>;
  readonly #window: Window;
  readonly #chunkSizeBytes: number;
  #held: Chunk[] = [];
  #underWay: Promise<Chunk[]> | undefined;
  #quickChunks = 0;
  #patience: NodeJS.Timeout | undefined;

  constructor(read: (window: Window) => Promise<Chunk[]>, window: Window, chunkSizeBytes: number) {
    this.#read = read;
    this.#window = window;
    this.#chunkSizeBytes = chunkSizeBytes;
  }

  /** Chunk `n`; to be called for each in order. @throws What `read` throws. */
  async take(n: number): Promise<Chunk> {
    clearTimeout(this.#patience);
    if (this.#held.length === 0) await this.#fill(n);
    const chunk = this.#held.shift();
    if (chunk === undefined) throw new Error(`Chunk ${n} was not read`);
    this.#quickChunks += 1;
    if (n === this.#window.to) return chunk;
    this.#patience = setTimeout(() => {
      this.letGo();
    }, PATIENCE_MS).unref();
    return chunk;
  }

  /** Forgets what was read and not taken. */
  letGo(): void {
    clearTimeout(this.#patience);
    this.#held = [];
    this.#underWay = undefined;
    this.#quickChunks = 0;
  }

  async #fill(n: number): Promise<void> {
    const isQuick = this.#quickChunks * this.#chunkSizeBytes >= BYTES_OF_QUICK_CLIENT;
    const bytes = isQuick ? BYTES_PER_READ : BYTES_PER_FIRST_READ;
    const most = Math.max(1, Math.floor(bytes / this.#chunkSizeBytes));
    this.#held = await (this.#underWay ?? this.#readFrom(n, most));
    const next = n + this.#held.length;
    this.#underWay = isQuick && next <= this.#window.to ? this.#readFrom(next, most) : undefined;
  }

  #readFrom(n: number, most: number): Promise<Chunk[]> {
    const read = this.#read({ from: n, to: Math.min(this.#window.to, n + most - 1) });
    // A reader that stops in the middle never awaits what was queried ahead.
    read.catch(() => undefined);
    return read;
  }
}

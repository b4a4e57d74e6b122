import { CommandError } from "./errors.js";

/** Slabs of an arena; a copy larger than half of one has a piece of memory of its own. */
const SLAB_BYTES = 256 * 1024;

/** What the sorts and groups of all clients may hold together. */
export class MemoryBudget {
  readonly maxBytes: number;
  readonly #reclaim: () => boolean;
  #takenBytes = 0;

  /** @param reclaim - Asked when there is not enough: whether something was given back that nobody uses. */
  constructor(maxBytes: number, reclaim: () => boolean = () => false) {
    this.maxBytes = maxBytes;
    this.#reclaim = reclaim;
  }

  /** Whether no more is held than may be, after what can be given back was given back. */
  get isKept(): boolean {
    while (this.#takenBytes > this.maxBytes) if (!this.#reclaim()) return false;
    return true;
  }

  /** What all shares hold now. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** The part of one command, or of one cursor: grows as it takes, and ends with {@link MemoryShare.release}. */
  share(): MemoryShare {
    return new MemoryShare(this, (bytes) => {
      this.#takenBytes += bytes;
    });
  }
}

/** What one command or cursor holds of a {@link MemoryBudget}. */
export class MemoryShare {
  readonly #budget: MemoryBudget;
  readonly #count: (bytes: number) => void;
  #bytes = 0;
  #isReleased = false;

  constructor(budget: MemoryBudget, count: (bytes: number) => void) {
    this.#budget = budget;
    this.#count = count;
  }

  /**
   * Notes that so many bytes more are held (less, when negative).
   * @param who - Who holds them, for the error: `$group`.
   * @throws CommandError QueryExceededMemoryLimitNoDiskUseAllowed (292); CursorKilled (237) after the release.
   */
  take(bytes: number, who: string): void {
    if (this.#isReleased) throw new CommandError("CursorKilled", "The cursor was killed");
    this.#bytes += bytes;
    this.#count(bytes);
    if (this.#budget.isKept) return;
    const { takenBytes, maxBytes } = this.#budget;
    const others = takenBytes - this.#bytes;
    const byOthers = others === 0 ? "" : `, of which other commands and cursors hold ${others}`;
    throw new CommandError(
      "QueryExceededMemoryLimitNoDiskUseAllowed",
      `${who} exceeded the memory limit of ${maxBytes} bytes${byOthers}; nothing is spilled to the disk here, but an index in the order of a sort avoids it`,
    );
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  /** Gives everything back; nothing can be taken any more. */
  release(): void {
    this.#count(-this.#bytes);
    this.#bytes = 0;
    this.#isReleased = true;
  }
}

/**
 * Copies bytes that are kept for long. Node.js would put them among others that are not, in pieces of 8 KiB of which
 * each lives as long as the last of what is in it.
 */
export class Arena {
  #slab = Buffer.alloc(0);
  #usedBytes = 0;

  copy(bytes: Buffer): Buffer {
    if (bytes.length > SLAB_BYTES / 2) return copyAlone(bytes);
    if (this.#usedBytes + bytes.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#usedBytes = 0;
    }
    const copy = this.#slab.subarray(this.#usedBytes, this.#usedBytes + bytes.length);
    bytes.copy(copy);
    this.#usedBytes += bytes.length;
    return copy;
  }
}

/** A copy in a piece of memory of its own, which goes when the copy does. */
export function copyAlone(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

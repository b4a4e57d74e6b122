/** Somebody who receives a message, and can be told that there is room for more of it. */
export interface Receiver {
  readMore(): void;
}

/**
 * Bounds what the unfinished messages of all connections hold. When there is too much, only the one that began first is
 * read on, and the others wait in the kernel: so a hundred clients that stop in the middle of 48 MB cost no memory, and
 * whoever goes on comes to the end.
 */
export class Intake {
  readonly #maxBytes: number;
  /** In the order in which they began. */
  readonly #held = new Map<Receiver, number>();
  readonly #waiting = new Set<Receiver>();
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Notes what a receiver holds now.
   * @returns Whether it may read on; else its `readMore` is called when it may.
   */
  admits(receiver: Receiver, bytes: number): boolean {
    this.#heldBytes += bytes - (this.#held.get(receiver) ?? 0);
    if (bytes > 0) this.#held.set(receiver, bytes);
    else this.#held.delete(receiver);
    this.#wake();
    if (bytes === 0 || this.#hasRoomFor(receiver)) return true;
    this.#waiting.add(receiver);
    return false;
  }

  /** Forgets a receiver that is gone. */
  leave(receiver: Receiver): void {
    this.#waiting.delete(receiver);
    this.admits(receiver, 0);
  }

  #hasRoomFor(receiver: Receiver): boolean {
    const [oldest] = this.#held.keys();
    return this.#heldBytes <= this.#maxBytes || receiver === oldest;
  }

  #wake(): void {
    for (const receiver of this.#waiting) {
      if (!this.#hasRoomFor(receiver)) continue;
      this.#waiting.delete(receiver);
      receiver.readMore();
    }
  }
}

import { QuotaExceededError } from "./errors.js";

const FIRST_STEP_BYTES = 1024 ** 2;
const LARGEST_STEP_BYTES = 32 * 1024 ** 2;

/** The room that one running upload has reserved. It covers every byte before that byte is stored. */
export class Reservation {
  readonly #grow: (bytes: number) => Promise<boolean>;
  #reservedBytes: number;
  #stepBytes = FIRST_STEP_BYTES;

  /** @param grow - Reserves more; as `Quota.grow`. */
  constructor(grow: (bytes: number) => Promise<boolean>, reservedBytes: number) {
    this.#grow = grow;
    this.#reservedBytes = reservedBytes;
  }

  /** How much is reserved, as far as this process knows. */
  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /**
   * Makes the reservation at least `totalBytes` large: in steps that double from 1 MiB to 32 MiB, or by exactly what is missing when
   * a step is refused.
   *
   * @returns `false` when the reservation is gone.
   * @throws QuotaExceededError when there is no room for what is missing.
   */
  async cover(totalBytes: number): Promise<boolean> {
    const missingBytes = totalBytes - this.#reservedBytes;
    if (missingBytes <= 0) return true;
    if (missingBytes >= this.#stepBytes) return this.#growBy(missingBytes);
    try {
      return await this.#growBy(this.#stepBytes);
    } catch (error) {
      if (!(error instanceof QuotaExceededError)) throw error;
      return this.#growBy(missingBytes);
    }
  }

  async #growBy(bytes: number): Promise<boolean> {
    const isReserved = await this.#grow(bytes);
    this.#reservedBytes += bytes;
    this.#stepBytes = Math.min(LARGEST_STEP_BYTES, this.#stepBytes * 2);
    return isReserved;
  }
}

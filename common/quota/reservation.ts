import { QuotaExceededError } from "./errors.js";

const FIRST_STEP_BYTES = 1024 ** 2;
const LARGEST_STEP_BYTES = 32 * 1024 ** 2;

/** Where a reservation takes its room from. Both methods throw `QuotaExceededError` when there is none. */
interface Source {
  /** Reserves more; as `Quota.grow`. */
  grow(bytes: number): Promise<boolean>;
  /** Asks whether so much is free, and reserves nothing. */
  require(bytes: number): Promise<void>;
}

/** The room that one running upload has reserved. It covers every byte before that byte is stored. */
export class Reservation {
  readonly #source: Source;
  #reservedBytes: number;
  #announcedBytes: number;
  #stepBytes = FIRST_STEP_BYTES;

  /** @param announcedBytes - How many bytes there will be: no step goes beyond them. Default: not known. */
  constructor(source: Source, reservedBytes: number, announcedBytes = Infinity) {
    this.#source = source;
    this.#reservedBytes = reservedBytes;
    this.#announcedBytes = announcedBytes;
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
    const stepBytes = Math.min(this.#stepBytes, this.#announcedBytes - this.#reservedBytes);
    if (missingBytes >= stepBytes) return this.#growBy(missingBytes);
    try {
      return await this.#growBy(stepBytes);
    } catch (error) {
      if (!(error instanceof QuotaExceededError)) throw error;
      return this.#growBy(missingBytes);
    }
  }

  /**
   * Says how many bytes there will be. They are not reserved before they come.
   *
   * @throws QuotaExceededError when there is no room for them now.
   */
  async announce(totalBytes: number): Promise<void> {
    await this.#source.require(totalBytes - this.#reservedBytes);
    this.#announcedBytes = totalBytes;
  }

  async #growBy(bytes: number): Promise<boolean> {
    const isReserved = await this.#source.grow(bytes);
    this.#reservedBytes += bytes;
    this.#stepBytes = Math.min(LARGEST_STEP_BYTES, this.#stepBytes * 2);
    return isReserved;
  }
}

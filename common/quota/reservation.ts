import type { Id } from "../platform/ids.js";
import { QuotaExceededError } from "./errors.js";
import type { Quota } from "./service.js";

const FIRST_STEP_BYTES = 1024 ** 2;
const LARGEST_STEP_BYTES = 32 * 1024 ** 2;

interface Options {
  readonly quota: Pick<Quota, "grow">;
  readonly ownerId: Id;
  readonly uploadId: Id;
}

/** The room that one running upload holds. It covers every byte before that byte is stored. */
export interface Reservation {
  /** How much it holds, as far as this process knows. */
  readonly heldBytes: number;
  /**
   * Makes the reservation at least `totalBytes` large: in steps that double, or by exactly what is missing when a step is
   * refused.
   *
   * @returns `false` when the reservation is gone.
   * @throws QuotaExceededError when even what is missing has no room.
   */
  cover(totalBytes: number): Promise<boolean>;
}

/** Goes on with the reservation that an upload holds already. */
export async function resumeReservation({
  quota,
  ...key
}: Options & { readonly quota: Pick<Quota, "reservedBytes"> }): Promise<Reservation> {
  return heldReservation({ quota, ...key }, await quota.reservedBytes(key));
}

/**
 * What an upload holds, and more of it when it is needed.
 *
 * @param heldBytes - The announced length; 0 where there is none, and the first step is taken when the first byte comes.
 */
export function heldReservation({ quota, ...key }: Options, heldBytes: number): Reservation {
  let reservedBytes = heldBytes;
  let stepBytes = FIRST_STEP_BYTES;

  async function grow(bytes: number): Promise<boolean> {
    const isHeld = await quota.grow(key, bytes);
    reservedBytes += bytes;
    stepBytes = Math.min(LARGEST_STEP_BYTES, stepBytes * 2);
    return isHeld;
  }

  return {
    get heldBytes() {
      return reservedBytes;
    },
    async cover(totalBytes) {
      const missingBytes = totalBytes - reservedBytes;
      if (missingBytes <= 0) return true;
      if (missingBytes >= stepBytes) return grow(missingBytes);
      try {
        return await grow(stepBytes);
      } catch (error) {
        if (!(error instanceof QuotaExceededError)) throw error;
        return grow(missingBytes);
      }
    },
  };
}

import { isDuplicateKey } from "../platform/mongo-errors.js";

/** A later writer of the same upload has begun: what this one stores does not count any more. */
export class StaleWriterError extends Error {}

/**
 * Repeats an upsert that gives way to what a later writer has stored. A unique key that is taken may also mean that an earlier
 * writer stored something between the look and the insert: then the next try replaces it.
 *
 * @param isOvertaken - Whether what stands there now is a later writer's.
 * @throws {@link StaleWriterError}
 */
export async function unlessOvertaken(
  upsert: () => Promise<unknown>,
  isOvertaken: () => Promise<boolean>,
): Promise<void> {
  for (;;) {
    try {
      await upsert();
      return;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    if (await isOvertaken()) throw new StaleWriterError();
  }
}

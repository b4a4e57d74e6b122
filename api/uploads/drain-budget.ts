import type { AppError } from "../../common/platform/errors.js";

/** How much of a refused file is read and thrown away for the sake of the files behind it, in bytes a request. */
const MOST_DRAINED_BYTES = 64 * 1024 ** 2;

/**
 * A refused file does not end the others of its form: its bytes are skipped. But not without end: whoever goes on sending a
 * large one is told so before all of it has come, and then none of the form is stored.
 */
export class DrainBudget {
  #refusal: AppError | undefined;
  #drainedBytes = 0;

  /** From now on what arrives is thrown away. */
  startDraining(refusal: AppError): void {
    this.#refusal = refusal;
  }

  /** What arrives is wanted again. */
  stopDraining(): void {
    this.#refusal = undefined;
  }

  /** Passes a body through. @throws The refusal, once too much was thrown away for it. */
  async *meter(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const bytes of body) {
      if (this.#refusal !== undefined) {
        this.#drainedBytes += bytes.length;
        if (this.#drainedBytes > MOST_DRAINED_BYTES) throw this.#refusal;
      }
      yield bytes;
    }
  }
}

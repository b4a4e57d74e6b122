/** Lets one waits until something happens. What happens before it waits is not missed. */
export class WakeUp {
  #isDue = false;
  #wake: (() => void) | undefined;

  /** Ends the wait, or the next one. */
  readonly call = (): void => {
    this.#isDue = true;
    this.#wake?.();
  };

  /** Waits for a call, at most so many milliseconds. @returns whether there was one. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#isDue && ms > 0) await this.#sleep(ms);
    const wasCalled = this.#isDue;
    this.#isDue = false;
    return wasCalled;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

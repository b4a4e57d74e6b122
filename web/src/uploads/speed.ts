/** Over how long the speed is measured. */
const WINDOW_MS = 5000;

/** How much was done in the last seconds. */
export class Speed {
  readonly #samples: { readonly at: number; amount: number }[] = [];

  add(amount: number): void {
    const at = performance.now();
    const last = this.#samples.at(-1);
    // Thousands of small files are samples enough.
    if (last !== undefined && at - last.at < 100) last.amount += amount;
    else this.#samples.push({ at, amount });
  }

  get perSecond(): number {
    const now = performance.now();
    while ((this.#samples[0]?.at ?? now) < now - WINDOW_MS) this.#samples.shift();
    const sum = this.#samples.reduce((total, { amount }) => total + amount, 0);
    // The first bytes only fill buffers: less than a second says nothing.
    return (1000 * sum) / Math.max(1000, now - (this.#samples[0]?.at ?? now));
  }
}

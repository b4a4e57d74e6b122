/* global performance */
/** Over how long the speed is measured. */
const WINDOW_MS = 5000;

/** How fast bytes went during the last seconds. */
export class Speed {
  #samples = [];

  add(bytes) {
    this.#samples.push({ at: performance.now(), bytes });
  }

  get bytesPerSecond() {
    const now = performance.now();
    while (this.#samples.length > 0 && this.#samples[0].at < now - WINDOW_MS) this.#samples.shift();
    if (this.#samples.length === 0) return 0;
    const bytes = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0);
    // The first bytes only fill buffers: less than a second says nothing.
    return (1000 * bytes) / Math.max(1000, now - this.#samples[0].at);
  }
}

import type { Logger } from "./log.js";

/** Work that is left when a request has its answer. Nobody waits for it but whoever stops the process. */
export class BackgroundTasks {
  readonly #log: Logger;
  readonly #running = new Set<Promise<void>>();

  constructor({ log }: { readonly log: Logger }) {
    this.#log = log;
  }

  /** @param failure - What the log says when it fails: who does it then. */
  add(task: Promise<unknown>, failure: string): void {
    const running = task.then(
      () => undefined,
      (error: unknown) => {
        this.#log.warn({ err: error }, failure);
      },
    );
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  /** Waits for what is under way. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
  }
}

import { Registry } from "prom-client";
import type { Logger } from "../platform/log.js";
import { Figures } from "./figures.js";

/** A store, and the figures in it, which are the same for every process that asks. */
export interface MetricsSource {
  readonly store: "mongodb" | "redis";
  /** A bounded number of short commands, none of which walks over a collection. */
  read(figures: Figures): Promise<void>;
}

interface Deps {
  readonly sources: readonly MetricsSource[];
  /** How long a store is waited for. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * The figures that all processes share. A store that does not answer in time has none, and `stowage_up` 0. However many ask at
 * once, each store is asked once at a time.
 */
export class StoreMetrics {
  readonly #deps: Deps;
  readonly #asked = new Map<MetricsSource, Promise<Registry | undefined>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read(): Promise<Registry[]> {
    const { sources } = this.#deps;
    const found = await Promise.all(sources.map((source) => this.#readInTime(source)));
    const up = new Registry();
    new Figures(up).gauges(
      UP,
      sources.map(({ store }, n) => ({
        labels: { store },
        value: found[n] === undefined ? 0 : 1,
      })),
    );
    return [up, ...found.filter((registry) => registry !== undefined)];
  }

  async #readInTime(source: MetricsSource): Promise<Registry | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, this.#deps.timeoutMs, undefined);
    });
    try {
      return await Promise.race([this.#ask(source), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #ask(source: MetricsSource): Promise<Registry | undefined> {
    const running = this.#asked.get(source);
    if (running !== undefined) return running;
    const registry = new Registry();
    const asked = source
      .read(new Figures(registry))
      .then(() => registry)
      .catch((error: unknown) => {
        this.#deps.log.warn({ err: error, store: source.store }, "A store gave no figures");
        return undefined;
      })
      .finally(() => this.#asked.delete(source));
    this.#asked.set(source, asked);
    return asked;
  }
}

const UP = {
  name: "stowage_up",
  help: "Whether a store gave its figures; without them they are missing below.",
};

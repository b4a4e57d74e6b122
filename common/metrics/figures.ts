import { Counter, Gauge, type Registry } from "prom-client";

/** What a figure is called, and one sentence about it for the operator. */
export interface Described {
  readonly name: string;
  readonly help: string;
}

/** A figure for one combination of labels. */
export interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Figures that were read just now, as what they are to Prometheus. */
export class Figures {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  gauge(about: Described, value: number): void {
    new Gauge({ ...about, registers: [this.#registry] }).set(value);
  }

  gauges(about: Described, values: readonly Labelled[]): void {
    const gauge = new Gauge({ ...about, ...this.#labelledBy(values) });
    for (const { labels, value } of values) gauge.set(labels, value);
  }

  /** A moment in Unix time; what never happened has no figure. */
  instant(about: Described, at: Date | undefined): void {
    if (at !== undefined) this.gauge(about, at.getTime() / 1000);
  }

  /** What only grows, and was counted elsewhere. */
  counter(about: Described, value: number): void {
    new Counter({ ...about, registers: [this.#registry] }).inc(value);
  }

  counters(about: Described, values: readonly Labelled[]): void {
    const counter = new Counter({ ...about, ...this.#labelledBy(values) });
    for (const { labels, value } of values) counter.inc(labels, value);
  }

  #labelledBy(values: readonly Labelled[]) {
    return { labelNames: Object.keys(values[0]?.labels ?? {}), registers: [this.#registry] };
  }
}

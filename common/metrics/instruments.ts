import type { Metric, Sample } from "./exposition.js";

type Labels<L extends string> = Readonly<Record<L, string>>;

interface Described {
  readonly name: string;
  readonly help: string;
}

/** A sum that only grows, for each combination of labels. Whoever adds keeps the number of combinations small. */
export class Counter<L extends string = never> {
  readonly #about: Described;
  readonly #sums = new Map<string, { readonly labels: Labels<L>; value: number }>();

  constructor(about: Described) {
    this.#about = about;
  }

  /** @param labels - Always in the same order. */
  add(labels: Labels<L>, by = 1): void {
    const key = JSON.stringify(labels);
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { labels, value: by });
    else sum.value += by;
  }

  read(): Metric {
    return { ...this.#about, type: "counter", samples: [...this.#sums.values()] };
  }
}

interface Distribution<L extends string> {
  readonly labels: Labels<L>;
  /** How many were at most as large as each bound, and larger than the one before. */
  readonly counts: number[];
  sum: number;
  count: number;
}

/** How values are distributed, for each combination of labels. */
export class Histogram<L extends string = never> {
  readonly #about: Described;
  readonly #bounds: readonly number[];
  readonly #distributions = new Map<string, Distribution<L>>();

  /** @param bounds - The largest value of each bucket, ascending; one without a bound is added. */
  constructor({ bounds, ...about }: Described & { readonly bounds: readonly number[] }) {
    this.#about = about;
    this.#bounds = bounds;
  }

  /** @param labels - Always in the same order. */
  observe(labels: Labels<L>, value: number): void {
    const distribution = this.#distributionOf(labels);
    distribution.sum += value;
    distribution.count += 1;
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    if (bucket !== -1) distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
  }

  read(): Metric {
    const samples = [...this.#distributions.values()].flatMap((each) => this.#samplesOf(each));
    return { ...this.#about, type: "histogram", samples };
  }

  #distributionOf(labels: Labels<L>): Distribution<L> {
    const key = JSON.stringify(labels);
    const known = this.#distributions.get(key);
    if (known !== undefined) return known;
    const added = { labels, counts: this.#bounds.map(() => 0), sum: 0, count: 0 };
    this.#distributions.set(key, added);
    return added;
  }

  /** Buckets are cumulative. */
  #samplesOf({ labels, counts, sum, count }: Distribution<L>): Sample[] {
    let below = 0;
    const buckets = this.#bounds.map((bound, n): Sample => {
      below += counts[n] ?? 0;
      return { suffix: "_bucket", labels: { ...labels, le: String(bound) }, value: below };
    });
    return [
      ...buckets,
      { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
      { suffix: "_sum", labels, value: sum },
      { suffix: "_count", labels, value: count },
    ];
  }
}

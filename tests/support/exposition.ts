/** One line of numbers. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ReadSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"';
const HELP = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\[\\\\n])*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);

/**
 * Reads Prometheus's text format 0.0.4, and takes nothing that Prometheus would not: `HELP` and `TYPE` once and first, all samples
 * of a metric together, none twice, buckets that are cumulative and complete. Empty lines count for nothing.
 *
 * @throws about the first line that is wrong.
 */
export function readExposition(text: string): ReadonlyMap<string, ReadMetric> {
  if (!text.endsWith("\n")) throw new Error("The last line does not end");
  const metrics = new Map<string, ReadMetric & { readonly samples: ReadSample[] }>();
  const lines = text.split("\n").filter((line) => line !== "");
  for (let at = 0; at < lines.length;) {
    const [, name = "", help = ""] = match(HELP, lines[at]);
    const [, typed, type = ""] = match(TYPE, lines[at + 1]);
    if (typed !== name || metrics.has(name)) throw new Error(`${name} is described badly`);
    const samples: ReadSample[] = [];
    for (at += 2; at < lines.length && lines[at]?.startsWith("#") === false; at += 1) {
      samples.push(readSample(match(SAMPLE, lines[at]), { name, type }));
    }
    metrics.set(name, { type, help: unescape(help), samples });
    check(name, type, samples);
  }
  return metrics;
}

/** The value of the sample with these labels; `undefined` where there is none. */
export function valueOf(
  metrics: ReadonlyMap<string, ReadMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const samples = [...metrics.values()].flatMap((metric) => metric.samples);
  return samples.find((each) => each.name === name && keyOf(each.labels) === keyOf(labels))?.value;
}

function match(pattern: RegExp, line = ""): RegExpExecArray {
  const found = pattern.exec(line);
  if (found === null) throw new Error(`This is no line of the format: ${line}`);
  return found;
}

function readSample(
  [line, name = "", labelText = "", valueText = ""]: RegExpExecArray,
  metric: { readonly name: string; readonly type: string },
): ReadSample {
  const suffixes = metric.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  if (!suffixes.some((suffix) => name === metric.name + suffix)) {
    throw new Error(`This does not belong to ${metric.name}: ${line}`);
  }
  const pairs = [...labelText.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  const labels = Object.fromEntries(
    pairs.map(([, label = "", value = ""]) => [label, unescape(value)]),
  );
  if (Object.keys(labels).length !== pairs.length) throw new Error(`A label is twice: ${line}`);
  const value = Number(valueText.replace(/^([+-])Inf$/, "$1Infinity"));
  if (Number.isNaN(value) && valueText !== "NaN") throw new Error(`This is no number: ${line}`);
  return { name, labels, value };
}

const unescape = (text: string) =>
  text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));

const keyOf = (labels: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

function check(name: string, type: string, samples: readonly ReadSample[]): void {
  const keys = samples.map((sample) => sample.name + keyOf(sample.labels));
  if (new Set(keys).size < keys.length) throw new Error(`${name} has a sample twice`);
  if (type === "counter" && samples.some(({ value }) => value < 0)) {
    throw new Error(`${name} counts below 0`);
  }
  if (type === "histogram") checkBuckets(name, samples);
}

function checkBuckets(name: string, samples: readonly ReadSample[]): void {
  for (const { labels, value: count } of samples.filter((each) => each.name === `${name}_count`)) {
    const buckets = samples.filter(({ name: each, labels: { le: _, ...rest } }) => {
      return each === `${name}_bucket` && keyOf(rest) === keyOf(labels);
    });
    const counts = buckets.map(({ value }) => value);
    const isCumulative = counts.every((value, n) => value >= (counts[n - 1] ?? 0));
    const last = buckets.at(-1);
    if (!isCumulative || last?.labels["le"] !== "+Inf" || last.value !== count) {
      throw new Error(`${name} has buckets that are wrong`);
    }
  }
}

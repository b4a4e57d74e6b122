import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Metric, renderMetrics, single } from "../../../common/metrics/exposition.js";
import { Counter, Histogram } from "../../../common/metrics/instruments.js";
import { readExposition, valueOf } from "../../support/exposition.js";

describe("The text format of Prometheus", () => {
  test("is written to the letter", () => {
    const requests = new Counter<"method" | "path">({ name: "requests_total", help: "All." });
    requests.add({ method: "GET", path: 'C:\\a "b"\n' }, 2);
    requests.add({ method: "PUT", path: "" });
    const seconds = new Histogram({
      name: "took_seconds",
      help: "How\nlong \\.",
      bounds: [0.1, 1],
    });
    for (const value of [0.1, 0.5, 7]) seconds.observe({}, value);

    const text = renderMetrics([
      requests.read(),
      single("gauge", { name: "up", help: "Is it?" }, 1),
      seconds.read(),
      new Counter({ name: "nothing_total", help: "Nothing." }).read(),
    ]);

    expect(text).toBe(
      [
        "# HELP requests_total All.",
        "# TYPE requests_total counter",
        'requests_total{method="GET",path="C:\\\\a \\"b\\"\\n"} 2',
        'requests_total{method="PUT",path=""} 1',
        "# HELP up Is it?",
        "# TYPE up gauge",
        "up 1",
        "# HELP took_seconds How\\nlong \\\\.",
        "# TYPE took_seconds histogram",
        'took_seconds_bucket{le="0.1"} 1',
        'took_seconds_bucket{le="1"} 2',
        'took_seconds_bucket{le="+Inf"} 3',
        "took_seconds_sum 7.6",
        "took_seconds_count 3",
        "",
      ].join("\n"),
    );
  });

  test.each([
    [0, "0"],
    [-1.5, "-1.5"],
    [1e21, "1e+21"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
  ])("has the number %p as %s", (value, text) => {
    expect(renderMetrics([single("gauge", { name: "n", help: "" }, value)])).toMatch(
      new RegExp(`^n ${text.replaceAll("+", "\\+")}$`, "m"),
    );
  });

  test("says what was said, whatever stands in labels and explanations", () => {
    const label = fc.string({ unit: "binary", maxLength: 20 });
    const metric = fc.record({
      help: label,
      samples: fc.uniqueArray(fc.record({ a: label, b: label, value: fc.double() }), {
        minLength: 1,
        maxLength: 5,
        selector: ({ a, b }) => JSON.stringify([a, b]),
      }),
    });
    const check = ({ help, samples }: typeof metric extends fc.Arbitrary<infer T> ? T : never) => {
      const given: Metric = {
        name: "m",
        help,
        type: "gauge",
        samples: samples.map(({ value, ...labels }) => ({ labels, value })),
      };

      const read = readExposition(renderMetrics([given]));

      expect(read.get("m")?.help).toBe(help);
      for (const { value, ...labels } of samples) {
        // Zero is written without its sign.
        expect(valueOf(read, "m", labels)).toBe(value === 0 ? 0 : value);
      }
    };
    fc.assert(fc.property(metric, check));
  });

  test("has buckets that hold what was observed", () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1, max: 20 }), { minLength: 1 });
    const check = (observed: readonly number[]) => {
      const bounds = [0, 0.5, 5, 10];
      const histogram = new Histogram<"a">({ name: "h", help: "", bounds });
      for (const value of observed) histogram.observe({ a: "x" }, value);

      const read = readExposition(renderMetrics([histogram.read()]));

      expect(valueOf(read, "h_count", { a: "x" })).toBe(observed.length);
      for (const bound of bounds) {
        const below = observed.filter((value) => value <= bound).length;
        expect(valueOf(read, "h_bucket", { a: "x", le: String(bound) })).toBe(below);
      }
    };
    fc.assert(fc.property(values, check));
  });
});

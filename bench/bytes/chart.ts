import { CONTENDERS, type ContenderName } from "./contenders.js";
import type { Report, Result } from "./report.js";

const WIDTH = 880;
const LABEL_X = 32;
const BARS_X = 250;
const BARS_WIDTH = 470;
const BAR_HEIGHT = 13;
const BAR_STEP = 17;
const ROW_GAP = 16;
const TOP = 74;

const NAMES: Record<ContenderName, string> = {
  stowage: "Stowage",
  encrypted: "Stowage, encrypted",
  gridfs: "GridFSBucket streams",
  driver: "driver alone, no HTTP",
};

const STYLE = `
    text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: #1c2a2e; }
    .small { font-size: 12px; fill: #52656a; }
    .card { fill: #f6f8f8; }
    .stowage { fill: #0f6b7d; }
    .encrypted { fill: #56a3b1; }
    .gridfs { fill: #c98a3c; }
    .driver { fill: #b9c8c9; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e2eaeb; }
      .small { fill: #9fb1b5; }
      .card { fill: #11181a; }
      .stowage { fill: #6cc5d3; }
      .encrypted { fill: #2f8796; }
      .gridfs { fill: #d9a45b; }
      .driver { fill: #3d4f55; }
    }`;

/** The rates of a report as an SVG: a group of bars for each row, of which the longest fills the width. */
export function drawChart({ results }: Report): string {
  let y = TOP;
  const groups = results
    .filter(({ unit }) => unit !== "ms")
    .map((result) => {
      const group = drawRow(result, y);
      y += Object.keys(result.medians).length * BAR_STEP + ROW_GAP;
      return group;
    });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 8}" role="img" aria-labelledby="title">
  <title id="title">How fast Stowage is, plain and encrypted, beside the driver's GridFS streams and the driver alone.</title>
  <style>${STYLE}
  </style>
  <rect class="card" width="${WIDTH}" height="${y + 8}" rx="14" />
${legend()}
${groups.join("\n")}
</svg>
`;
}

function legend(): string {
  return CONTENDERS.map((name, n) => {
    const x = LABEL_X + n * 205;
    const box = `<rect class="${name}" x="${x}" y="28" width="13" height="13" rx="3" />`;
    return `  ${box}<text class="small" x="${x + 20}" y="39">${NAMES[name]}</text>`;
  }).join("\n");
}

function drawRow({ title, unit, medians }: Result, top: number): string {
  const shown = CONTENDERS.flatMap((name) => {
    const rate = medians[name]?.rate;
    return rate === undefined ? [] : [{ name, rate }];
  });
  const most = Math.max(...shown.map(({ rate }) => rate));
  const bars = shown.map(({ name, rate }, n) => {
    const y = top + n * BAR_STEP;
    const width = Math.max(2, Math.round((rate / most) * BARS_WIDTH));
    const bar = `<rect class="${name}" x="${BARS_X}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="3" />`;
    const figure = `${Math.round(rate).toLocaleString("en")} ${unit}`;
    return `  ${bar}<text class="small" x="${BARS_X + width + 8}" y="${y + 11}">${figure}</text>`;
  });
  return `  <text x="${LABEL_X}" y="${top + 12}">${title}</text>\n${bars.join("\n")}`;
}

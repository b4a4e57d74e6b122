import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { drawChart } from "./chart.js";
import { CONTENDERS, type Stores } from "./contenders.js";
import { judge, type Verdict } from "./floors.js";
import { countRoundTrips, measureAll, type Plan } from "./measure.js";
import { MeasuredProcess } from "./measured-process.js";
import { formatTables, mediansOf, reportOf, writeReport } from "./report.js";
import { allRows, FULL, QUICK, scaled, withUploads } from "./rows.js";

/*
 * npm run bench -- bytes [--quick] [--check] [--scale PART] [--rounds N] [--row TEXT]... [--who NAME]... [--profile FOLDER] [--svg PATH]
 *
 * Measures Stowage (web and worker), unencrypted and encrypted, the driver's GridFS streams behind a bare HTTP server, and the
 * driver alone, on one store in one run: MONGODB_URL and REDIS_URL, or embedded ones. Then counts the round trips behind single
 * requests. Prints Markdown tables of medians. With --check, it fails when a floor (floors.ts) is broken.
 */
const EMBEDDED_MONGO = resolve(import.meta.dirname, "../../packages/embedded-mongo/src/main.js");
const EMBEDDED_REDIS = resolve(import.meta.dirname, "../../embedded/redis/main.js");
const NO_WARNING = "--disable-warning=ExperimentalWarning";

const options = {
  quick: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  scale: { type: "string", default: "1" },
  rounds: { type: "string" },
  row: { type: "string", multiple: true, default: [] as string[] },
  who: { type: "string", multiple: true, default: [] as string[] },
  profile: { type: "string" },
  svg: { type: "string" },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const plan = planOf(values);
  const { MONGODB_URL, REDIS_URL } = process.env;
  const rounds = await withStores({ MONGODB_URL, REDIS_URL }, (stores) => measureAll(plan, stores));
  // Always on embedded stores: their addresses are known to be what the proxy in between understands.
  const roundTrips = await withStores({}, (stores) => countRoundTrips(plan.rows, stores));
  const results = plan.rows.map((row) => ({
    key: row.key,
    title: row.title,
    unit: row.unit,
    medians: mediansOf(rounds.get(row) ?? new Map()),
    roundTrips: roundTrips.get(row.key),
  }));
  const report = reportOf(results, plan.rounds, MONGODB_URL ? "MONGODB_URL" : "embedded");
  process.stdout.write(`${formatTables(report)}\n\n${writeReport(report)}\n`);
  if (values.svg !== undefined) writeFileSync(values.svg, drawChart(report));
  if (values.check) check(judge(report));
}

function planOf(values: Values): Plan {
  const scale = scaled(values.quick ? QUICK : FULL, Number(values.scale));
  const isWanted = (wanted: readonly string[], ...texts: string[]) =>
    wanted.length === 0 || wanted.some((part) => texts.some((text) => text.startsWith(part)));
  const rows = withUploads(allRows(scale), ({ key, title }) => isWanted(values.row, key, title));
  const names = CONTENDERS.filter((name) => isWanted(values.who, name));
  if (rows.length === 0) throw new RangeError("There is no such row");
  if (names.length === 0) throw new RangeError(`--who takes ${CONTENDERS.join(", ")}`);
  const { profile } = values;
  const nodeOptions = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  return { rows, names, rounds: Number(values.rounds ?? scale.rounds), nodeOptions };
}

function check(verdicts: readonly Verdict[]): void {
  const lines = verdicts.map(({ holds, text }) => `${holds ? "holds " : "BROKEN"} ${text}\n`);
  process.stdout.write(`\n${lines.join("")}`);
  if (!verdicts.every(({ holds }) => holds)) process.exitCode = 1;
}

/** Starts embedded stores where no URL names one. */
async function withStores<T>(
  { MONGODB_URL, REDIS_URL }: { MONGODB_URL?: string | undefined; REDIS_URL?: string | undefined },
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-bytes-"));
  const started: MeasuredProcess[] = [];
  const use = (url: string | undefined, ...args: string[]) => {
    if (url !== undefined && url !== "") return url;
    const server = new MeasuredProcess({ args, talksBy: "line" });
    started.push(server);
    return server.readyUrl();
  };
  try {
    const mongodbUrl = await use(MONGODB_URL, EMBEDDED_MONGO, "--data", join(folder, "store"));
    const redisUrl = await use(REDIS_URL, NO_WARNING, EMBEDDED_REDIS);
    return await work({ mongodbUrl, redisUrl });
  } finally {
    for (const server of started) await server.stop();
    rmSync(folder, { recursive: true });
  }
}

await main();

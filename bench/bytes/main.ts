import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { drawChart } from "./chart.js";
import {
  type Contender,
  CONTENDERS,
  type ContenderName,
  startContender,
  type Stores,
} from "./contenders.js";
import { MeasuredProcess } from "./measured-process.js";
import { formatTable, reportOf, type Result, resultOf, writeReport } from "./report.js";
import {
  allRows,
  type Figures,
  FULL,
  measure,
  QUICK,
  type Row,
  scaled,
  withWhatTheyRead,
} from "./rows.js";

/*
 * npm run bench -- bytes [--quick] [--scale PART] [--rounds N] [--row TEXT]... [--who NAME]... [--profile FOLDER] [--svg PATH]
 *
 * Measures uploads and downloads through the web process, plain and encrypted, against the driver's own GridFS streams behind a
 * bare HTTP server, and against the driver alone, on one store in one run: MONGODB_URL and REDIS_URL, or embedded ones. Rounds
 * are interleaved and medians count. Client, servers and store share the machine, so that only ratios mean something elsewhere.
 */
const DIST = resolve(import.meta.dirname, "../..");

const options = {
  quick: { type: "boolean", default: false },
  scale: { type: "string", default: "1" },
  rounds: { type: "string" },
  row: { type: "string", multiple: true, default: [] as string[] },
  who: { type: "string", multiple: true, default: [] as string[] },
  profile: { type: "string" },
  svg: { type: "string" },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const scale = scaled(values.quick ? QUICK : FULL, Number(values.scale));
  const rounds = Number(values.rounds ?? scale.rounds);
  const isWanted = (text: string, wanted: readonly string[]) =>
    wanted.length === 0 || wanted.some((part) => text.startsWith(part));
  const rows = withWhatTheyRead(allRows(scale), ({ title }) => isWanted(title, values.row));
  const names = CONTENDERS.filter((name) => isWanted(name, values.who));
  const nodeOptions =
    values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
  await withStores(nodeOptions, async (stores, store) => {
    const results = await measureAll({ names, rows, rounds }, stores);
    const report = reportOf(results, rounds, store);
    if (values.svg !== undefined) writeFileSync(values.svg, drawChart(report));
    process.stdout.write(`${formatTable(report)}\n\n${writeReport(report)}\n`);
  });
}

interface Plan {
  readonly names: readonly ContenderName[];
  readonly rows: readonly Row[];
  readonly rounds: number;
}

async function measureAll({ names, rows, rounds }: Plan, stores: Stores): Promise<Result[]> {
  const contenders: Contender[] = [];
  const figures = new Map<Row, Map<ContenderName, Figures[]>>();
  try {
    for (const name of names) contenders.push(await startContender(name, stores));
    // The first round only warms up what is compiled and opened on the way.
    for (let round = 0; round <= rounds; round += 1) {
      for (const contender of contenders) await contender.prepare();
      // Whoever comes next finds the processor, the disk and the store as the one before has left them.
      const inTurn = round % 2 === 0 ? contenders : contenders.toReversed();
      for (const row of rows) await runRow(row, inTurn, round > 0 ? figures : undefined);
      process.stderr.write(`Round ${round} of ${rounds}\n`);
    }
  } finally {
    for (const contender of contenders) await contender.stop();
  }
  return [...figures].map(([row, byName]) => resultOf(row, byName));
}

async function runRow(
  row: Row,
  contenders: readonly Contender[],
  figures: Map<Row, Map<ContenderName, Figures[]>> | undefined,
): Promise<void> {
  for (const contender of contenders) {
    if (row.without.includes(contender.name)) continue;
    const measured = await measure(row, contender);
    const rate = `${measured.rate.toFixed(1)} ${row.unit}`;
    process.stderr.write(`${row.title}, ${contender.name}: ${rate}\n`);
    if (figures === undefined) continue;
    const byName = figures.get(row) ?? new Map<ContenderName, Figures[]>();
    figures.set(row, byName.set(contender.name, [...(byName.get(contender.name) ?? []), measured]));
  }
}

async function withStores(
  nodeOptions: readonly string[],
  work: (stores: Stores, store: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-bytes-"));
  const started: MeasuredProcess[] = [];
  const urlOf = (given: string | undefined, args: readonly string[]) => {
    if (given !== undefined && given !== "") return given;
    const server = new MeasuredProcess({ args, talksBy: "line" });
    started.push(server);
    return server.readyUrl();
  };
  const { MONGODB_URL, REDIS_URL } = process.env;
  try {
    const mongodbUrl = await urlOf(MONGODB_URL, [
      resolve(DIST, "packages/embedded-mongo/src/main.js"),
      "--data",
      join(folder, "store"),
    ]);
    const redisUrl = await urlOf(REDIS_URL, [
      "--disable-warning=ExperimentalWarning",
      resolve(DIST, "embedded/redis/main.js"),
    ]);
    const stores = { mongodbUrl, redisUrl, prefix: `bench-${process.pid}`, nodeOptions };
    await work(stores, MONGODB_URL ? "MONGODB_URL" : "embedded");
  } finally {
    for (const server of started) await server.stop();
    rmSync(folder, { recursive: true });
  }
}

await main();

import { parseArgs } from "node:util";
import { loadConfig } from "../../platform/config.js";
import { createLogger } from "../../platform/log.js";
import { connectMongo } from "../../platform/mongo.js";
import { outliveReaders } from "../../platform/output.js";
import { formatBytes, ProgressBar } from "../../platform/progress.js";
import { failToStart } from "../../platform/process.js";
import { mongoAddress, mongoSettings } from "../../platform/settings.js";
import { openRecords } from "../../product.js";
import { storageSettings } from "../../storage/settings.js";
import { maintenanceSettings } from "../settings.js";
import { openScrub } from "./open.js";
import { damageReport, resultText } from "./report.js";
import type { Scrub } from "./scrub.js";

const HELP = `Finds stored content that is damaged. The worker does so over time; this shows what it found, or looks now.

  npm run scrub -- --list   show what is known to be damaged
  npm run scrub -- --now    read all content once, as fast as can be, and show what is damaged

MONGODB_URL and ENCRYPTION_KEYS are those of the other processes. The exit code is 1 when something is damaged.
`;

const DAMAGED_CODE = 1;
const USAGE_CODE = 2;

async function main(): Promise<number> {
  outliveReaders();
  const flags = readFlags();
  if (flags?.list !== true && flags?.now !== true) {
    process.stdout.write(HELP);
    return flags?.help === true ? 0 : USAGE_CODE;
  }
  const { scrubBytesPerSecond, scrubIntervalDays } = maintenanceSettings;
  const config = loadConfig(
    { ...mongoSettings, ...storageSettings, scrubBytesPerSecond, scrubIntervalDays },
    process.env,
  );
  const mongo = await connectMongo({
    ...config,
    ...mongoAddress(config),
    timeoutMs: config.dependencyTimeoutMs,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  const { db, now } = mongo;
  const records = openRecords({ db, settings: config, now });
  try {
    // What is found is shown at the end, and not twice.
    const log = createLogger({ level: "silent", part: "scrub" });
    if (flags.now === true)
      await readAll(openScrub({ ...records, db, settings: config, log, now }));
    const damaged = await records.damagedBlobs.list();
    const owners = await records.versions.listByBlobs(damaged.map(({ _id }) => _id));
    process.stdout.write(damageReport(damaged, owners));
    return damaged.length === 0 ? 0 : DAMAGED_CODE;
  } finally {
    await mongo.close();
  }
}

async function readAll(scrub: Scrub): Promise<void> {
  const stopping = new AbortController();
  process.once("SIGINT", () => {
    stopping.abort(new Error("Interrupted: what was found until now is on the list"));
  });
  const now = () => performance.now();
  const bar = new ProgressBar({ output: process.stderr, format: formatBytes, now });
  const total = await scrub.totalBytes();
  const show = ({ bytes: done }: { readonly bytes: number }) => {
    bar.show({ done, total: Math.max(done, total) });
  };
  const result = await scrub.runOnce(stopping.signal, show).finally(() => {
    bar.clear();
  });
  process.stdout.write(`${resultText(result)}\n`);
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: { list: { type: "boolean" }, now: { type: "boolean" }, help: { type: "boolean" } },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

process.exitCode = await main().catch(failToStart);

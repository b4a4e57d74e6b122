import { parseArgs } from "node:util";
import { loadConfig } from "../../platform/config.js";
import { createLogger } from "../../platform/log.js";
import { connectMongo } from "../../platform/mongo.js";
import { outliveReaders } from "../../platform/output.js";
import { formatCount, ProgressBar } from "../../platform/progress.js";
import { failToStart } from "../../platform/process.js";
import { mongoAddress, mongoSettings } from "../../platform/settings.js";
import { openRecords } from "../../records.js";
import { storageSettings } from "../../storage/settings.js";
import type { FsckMode } from "./finding.js";
import { openFsck } from "./open.js";
import { runReport } from "./report.js";

const HELP = `Checks that all that is stored belongs together: blobs, versions, the tree of folders, and usage. It may run while the server does.

  npm run fsck                look, and change nothing
  npm run fsck -- --deep      read all bytes too, and compare their digests
  npm run fsck -- --repair    repair what can be repaired safely; no content is removed
  npm run fsck -- --restart   begin again, instead of resuming an interrupted run

MONGODB_URL and ENCRYPTION_KEYS are those of the other processes. The exit code is 1 when something is wrong and not repaired.
`;

const WRONG_CODE = 1;
const USAGE_CODE = 2;
const INTERRUPTED_CODE = 130;

async function main(): Promise<number> {
  outliveReaders();
  const flags = readFlags();
  if (flags === undefined || flags.help === true) {
    process.stdout.write(HELP);
    return flags === undefined ? USAGE_CODE : 0;
  }
  const config = loadConfig({ ...mongoSettings, ...storageSettings }, process.env);
  const mongo = await connectMongo({
    ...config,
    ...mongoAddress(config),
    timeoutMs: config.dependencyTimeoutMs,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  const { db, now } = mongo;
  // What is found is shown at the end, and not twice.
  const log = createLogger({ level: "silent", part: "fsck" });
  const records = openRecords({ db, settings: config, now });
  try {
    const { fsck, runs } = openFsck({ ...records, db, log, now });
    if (flags.restart === true) await runs.cancel();
    const mode = { isDeep: flags.deep === true, isRepairing: flags.repair === true };
    const run = await fsck.start(mode);
    if (!isIn(mode, run)) {
      process.stderr.write("Another run is under way. --restart ends it, and begins again.\n");
      return USAGE_CODE;
    }
    if (run.checked > 0) process.stderr.write("Resuming the run that was interrupted.\n");
    return await runToEnd({ fsck, runs }, run._id);
  } finally {
    await mongo.close();
  }
}

/** @returns The exit code. */
async function runToEnd({ fsck, runs }: ReturnType<typeof openFsck>, runId: string) {
  const stopping = new AbortController();
  process.once("SIGINT", () => {
    stopping.abort(new Error("Interrupted"));
  });
  const bar = new ProgressBar({
    output: process.stderr,
    format: formatCount,
    now: () => performance.now(),
  });
  try {
    const isDone = await fsck.run(stopping.signal, ({ checked: done, total }) => {
      bar.show({ done, total });
    });
    bar.clear();
    if (!isDone) {
      process.stderr.write("A worker is at this run, or it was cancelled. See GET /admin/fsck.\n");
      return WRONG_CODE;
    }
  } catch (error) {
    bar.clear();
    if (!stopping.signal.aborted) throw error;
    process.stderr.write("Interrupted. Run the same command again to resume.\n");
    return INTERRUPTED_CODE;
  }
  const run = await runs.find(runId);
  if (run === null) throw new Error("The run is not there any more");
  process.stdout.write(runReport(run, await runs.listFindings(runId, undefined, run.found + 1)));
  return run.found > run.repaired ? WRONG_CODE : 0;
}

const isIn = (wanted: FsckMode, run: FsckMode) =>
  wanted.isDeep === run.isDeep && wanted.isRepairing === run.isRepairing;

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        deep: { type: "boolean" },
        repair: { type: "boolean" },
        restart: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

process.exitCode = await main().catch(failToStart);

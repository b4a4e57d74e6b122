import { parseArgs } from "node:util";
import { MongoClient } from "mongodb";
import { Snapshot } from "../storage/snapshot.js";
import { StoreError } from "../storage/store-error.js";
import { backUp } from "./back-up.js";
import type { CopyProgress } from "./copy/copy-documents.js";
import { copyStore } from "./copy/copy-store.js";
import { formatBytes, formatCount, ProgressLine } from "./terminal.js";
import { verify } from "./verify.js";

/*
 * node main.js --data DIR --backup NEW-DIR | --verify | --copy-to URL [--resume]
 *
 * Works on a store that is served, and on one that is not: it reads one state of it, see snapshot.ts. Results go to
 * stdout, progress to stderr.
 *
 * Exit codes: 0 done, 1 faults were found (one line each), 2 wrong arguments, 3 it could not be done.
 */
const EXIT = { done: 0, faults: 1, usage: 2, failure: 3 } as const;

/** More would be of no use to anybody. */
const MAX_FAULT_LINES = 1000;

const progress = new ProgressLine(process.stderr);

function say(text: string): void {
  progress.clear();
  process.stdout.write(`${text}\n`);
}

function sayFaults(faults: readonly string[]): void {
  for (const fault of faults.slice(0, MAX_FAULT_LINES)) say(`fault: ${fault}`);
  const untold = faults.length - MAX_FAULT_LINES;
  if (untold > 0) say(`... and ${formatCount(untold)} more`);
}

function describeSource({ folder, servedBy }: Snapshot): string {
  return servedBy === undefined ? folder : `${folder}, which process ${servedBy} serves`;
}

async function runBackUp(snapshot: Snapshot, target: string): Promise<number> {
  say(`Copying ${describeSource(snapshot)}`);
  const bytes = await backUp(snapshot, target);
  say(`Backup complete: ${target}, ${formatBytes(bytes)}`);
  return EXIT.done;
}

function runVerify(snapshot: Snapshot): number {
  say(`Verifying ${describeSource(snapshot)}`);
  const startedAt = performance.now();
  const onCollection = (namespace: string) => {
    progress.show(`checked ${namespace}`);
  };
  const found = verify(snapshot, { onCollection });
  sayFaults(found.faults);
  say(`  collections    ${formatCount(found.collections)}`);
  say(`  documents      ${formatCount(found.documents)}, ${formatBytes(found.bytes)}`);
  say(`  indexes        ${formatCount(found.indexes)}`);
  say(`  index entries  ${formatCount(found.entries)}`);
  if (found.dropped > 0) say(`  to be removed  ${formatCount(found.dropped)}, of what was dropped`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { length } = found.faults;
  say(`${length === 0 ? "No faults" : `${formatCount(length)} faults`} (${seconds} s)`);
  return length === 0 ? EXIT.done : EXIT.faults;
}

function showCopy({ namespace, documents, totalDocuments }: CopyProgress): void {
  const percent = totalDocuments === 0 ? 100 : Math.floor((100 * documents) / totalDocuments);
  const counts = `${formatCount(documents)} of ${formatCount(totalDocuments)} documents`;
  progress.show(`${namespace}: ${counts} (${percent} %)`);
}

async function runCopy(snapshot: Snapshot, url: string, isResumed: boolean): Promise<number> {
  const client = new MongoClient(url, { writeConcern: { w: "majority", journal: true } });
  try {
    progress.show("Connecting to the target");
    await client.connect();
    say(`Copying ${describeSource(snapshot)}`);
    if (snapshot.servedBy !== undefined)
      say("What is written from now on is not copied: stop whoever writes before you move");
    const copied = await copyStore(snapshot, client, { isResumed, onProgress: showCopy });
    sayFaults(copied.faults);
    const there =
      copied.alreadyThere === 0 ? "" : ` (${formatCount(copied.alreadyThere)} from before)`;
    say(`  collections  ${formatCount(copied.collections)}`);
    say(`  documents    ${formatCount(copied.documents)}${there}, ${formatBytes(copied.bytes)}`);
    say(`  indexes      ${formatCount(copied.indexes)}`);
    const { length } = copied.faults;
    say(length === 0 ? "Everything is at the target" : `${formatCount(length)} faults`);
    return length === 0 ? EXIT.done : EXIT.faults;
  } finally {
    await client.close();
  }
}

class UsageError extends Error {}

function readArguments() {
  const options = {
    data: { type: "string" },
    backup: { type: "string" },
    verify: { type: "boolean" },
    "copy-to": { type: "string" },
    resume: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main(): Promise<number> {
  // What is copied is for this user only, as is what is stored.
  process.umask(0o077);
  const { data, backup, verify: isVerify, "copy-to": copyTo, resume = false } = readArguments();
  const wanted = [backup, isVerify, copyTo].filter((value) => value !== undefined);
  if (data === undefined || wanted.length !== 1)
    throw new UsageError("Give --data and one of --backup, --verify and --copy-to");
  const snapshot = Snapshot.open(data);
  try {
    if (backup !== undefined) return await runBackUp(snapshot, backup);
    if (copyTo !== undefined) return await runCopy(snapshot, copyTo, resume);
    return runVerify(snapshot);
  } finally {
    await snapshot.close();
  }
}

// That nobody reads what it prints any more must not end it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    progress.clear();
    const isExpected = error instanceof StoreError || error instanceof UsageError;
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${isExpected ? reason : `It could not be done: ${reason}`}\n`);
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failure;
  },
);

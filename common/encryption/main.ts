import { ConfigError, loadConfig } from "../platform/config.js";
import { connectMongo, NoMongoError } from "../platform/mongo.js";
import { outliveReaders } from "../platform/output.js";
import { mongoAddress, mongoSettings } from "../platform/settings.js";
import { openRecords } from "../product.js";
import { storageSettings } from "../storage/settings.js";
import { EncryptionCommands, NoKeyError } from "./commands.js";
import { formatBytes, formatCount, ProgressBar } from "../platform/progress.js";
import { EncryptionRepository } from "./repository.js";

const HELP = `Looks after the encryption of what is stored. Stowage may be running meanwhile.

  npm run encryption -- COMMAND
  node dist/common/encryption/main.js COMMAND     where MONGODB_URL names the database

  status     how much is stored under each key of ENCRYPTION_KEYS, and how much unencrypted
  rotate     wrap every data key with the first key of ENCRYPTION_KEYS; no content is rewritten
  encrypt    encrypt what was stored before ENCRYPTION_KEYS was set

rotate and encrypt may be interrupted: run them again, and they go on. docs/encryption.md tells the rest.

Exit codes: 0 done, 1 something is left or at fault (a line each), 2 wrong arguments,
3 it could not be done, 130 interrupted.
`;
const EXIT = { done: 0, faults: 1, usage: 2, failure: 3, interrupted: 130 } as const;

/** Nothing waits for this but the operator: a command may take as long as a full walk over a collection does. */
const TIMEOUT_MS = 600_000;

const bars = {
  bytes: new ProgressBar({ output: process.stderr, format: formatBytes, now }),
  keys: new ProgressBar({ output: process.stderr, format: formatCount, now }),
};

function now(): number {
  return performance.now();
}

function say(text: string): void {
  bars.bytes.clear();
  bars.keys.clear();
  process.stdout.write(`${text}\n`);
}

async function run(command: "status" | "rotate" | "encrypt", signal: AbortSignal) {
  const settings = loadConfig({ ...mongoSettings, ...storageSettings }, process.env);
  const mongo = await connectMongo({
    ...settings,
    ...mongoAddress(settings),
    timeoutMs: TIMEOUT_MS,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  try {
    const { db, now: databaseNow } = mongo;
    const { storage, versions, entries } = openRecords({ db, settings, now: databaseNow });
    const commands = new EncryptionCommands({
      versions,
      entries,
      blobs: storage.blobs,
      references: storage.references,
      quarantine: storage.quarantine,
      repository: new EncryptionRepository(db),
      keyring: storage.keyring,
      signal,
      say,
      showProgress: {
        bytes: (progress) => {
          bars.bytes.show(progress);
        },
        keys: (progress) => {
          bars.keys.show(progress);
        },
      },
    });
    return (await commands[command]()) ? EXIT.done : EXIT.faults;
  } finally {
    await mongo.close();
  }
}

async function main(): Promise<number> {
  outliveReaders();
  const [command, ...rest] = process.argv.slice(2);
  if (command === "--help") {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const isKnown = command === "status" || command === "rotate" || command === "encrypt";
  if (!isKnown || rest.length > 0) {
    process.stderr.write(HELP);
    return EXIT.usage;
  }
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopping.abort();
    });
  }
  try {
    return await run(command, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted && error === stopping.signal.reason) {
      say("Interrupted; run it again to go on");
      return EXIT.interrupted;
    }
    throw error;
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isExpected = [ConfigError, NoKeyError, NoMongoError].some(
      (kind) => error instanceof kind,
    );
    const reason = error instanceof Error ? error.message : String(error);
    for (const bar of Object.values(bars)) bar.clear();
    process.stderr.write(`${isExpected ? reason : `It could not be done: ${reason}`}\n`);
    process.exitCode = EXIT.failure;
  },
);

import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import type { Listen } from "./listener.js";
import { MongoServer } from "./server.js";
import { StoreError } from "./storage/store-error.js";

/*
 * node main.js --data DIR [--port N] [--reserve-mib N] [--ttl-seconds N]
 *
 * Serves the store in DIR on its unix socket, or with --port on 127.0.0.1 (0 takes any free port). When it listens,
 * it prints {"ready":true,"url":"mongodb://…"} as the only line on stdout; what an operator may want to know goes to
 * stderr. SIGTERM and SIGINT stop it cleanly.
 *
 * Exit codes: 0 stopped, 1 unexpected failure, 2 wrong arguments, 3 the folder cannot be served (in use by another
 * server, not writable, damaged, or of a newer format), 4 the store could not be written any more, 5 the port is not free.
 */
const EXIT = { failure: 1, usage: 2, folder: 3, store: 4, port: 5 } as const;

/**
 * V8 counts the buffers that bytes pass through as growth of its heap, which is small here: it would begin a full collection every twenty
 * megabytes, where the next one of the young generation frees them all.
 */
const HEAP_GROWTH = "--heap-growing-percent=400";

const USAGE = "Usage: --data DIR [--port N] [--reserve-mib N] [--ttl-seconds N]";

interface Arguments {
  readonly folder: string;
  readonly listen: Listen;
  readonly reserveBytes: number | undefined;
  readonly ttlIntervalMs: number | undefined;
}

class UsageError extends Error {}

function readArguments(): Arguments {
  const options = {
    data: { type: "string" },
    port: { type: "string" },
    "reserve-mib": { type: "string" },
    "ttl-seconds": { type: "string" },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.data === undefined) throw new UsageError("--data is missing");
    const port = readNumber(values.port, 65_535);
    const reserve = readNumber(values["reserve-mib"], 1_000_000);
    const ttl = readNumber(values["ttl-seconds"], 1_000_000);
    return {
      folder: values.data,
      listen: port === undefined ? "socket" : { port },
      reserveBytes: reserve === undefined ? undefined : reserve * 1024 * 1024,
      ttlIntervalMs: ttl === undefined ? undefined : Math.max(1, ttl * 1000),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readNumber(text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text !== "" && number >= 0 && number <= max) return number;
  throw new UsageError(`"${text}" is not a number between 0 and ${max}`);
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

function end(code: number, reason: string): never {
  log(reason);
  process.exit(code);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof StoreError) return EXIT.folder;
  const isPortTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  return isPortTaken ? EXIT.port : EXIT.failure;
}

async function main(): Promise<void> {
  const options = readArguments();
  setFlagsFromString(HEAP_GROWTH);
  // What is stored is for this user only.
  process.umask(0o077);
  const server = await MongoServer.start({
    ...options,
    log,
    onFatal: (error) => {
      end(EXIT.store, `${error.message}: ${String(error.cause)}`);
    },
  });
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => end(EXIT.failure, String(error)),
    );
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
}

// That nobody reads what it prints any more must not end it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

main().catch((error: unknown) => {
  const isExpected = error instanceof UsageError || error instanceof StoreError;
  const reason = error instanceof Error ? error.message : String(error);
  const detail = !isExpected && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  end(exitCodeOf(error), error instanceof UsageError ? `${reason}\n${USAGE}` : reason + detail);
});

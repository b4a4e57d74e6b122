/**
 * A Redis-compatible server in a process of its own, for machines without Redis:
 *
 *     node dist/embedded/redis/main.js [--port N]
 *
 * Listens on 127.0.0.1 (default: a free port) and prints one line of JSON on stdout when it does:
 * `{"ready":true,"url":"redis://:password@127.0.0.1:port"}`. The password is `REDIS_PASSWORD` or a random one per start.
 * Keeps nothing on disk. SIGTERM and SIGINT stop it; exit code 0 then, 1 when it cannot listen or has crashed.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { startRedisServer } from "./server.js";

const MAX_MEMORY_BYTES = 1024 ** 3;

function readPort(): number {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${values.port}"`);
  }
  return port;
}

function fail(reason: unknown): void {
  process.stderr.write(`The embedded Redis ended: ${String(reason)}\n`);
  process.exit(1);
}

// That nobody reads what it prints any more must not end it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

try {
  const server = await startRedisServer({
    port: readPort(),
    password: process.env["REDIS_PASSWORD"] ?? randomBytes(24).toString("base64url"),
    maxMemoryBytes: MAX_MEMORY_BYTES,
    onCrash: fail,
  });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      void server.stop().then(() => process.exit(0));
    });
  }
  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
} catch (error) {
  fail(error);
}

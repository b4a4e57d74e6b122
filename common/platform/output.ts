import { stderr, stdout } from "node:process";

/** What waits for a reader takes memory: beyond this, lines are dropped. */
const MAX_WAITING_BYTES = 1024 ** 2;

type Output = Pick<NodeJS.WriteStream, "write" | "writableLength">;

/**
 * Keeps a process alive when nobody reads its standard output or error any more (`EPIPE`), and when the disk below them is full. Call
 * it first: otherwise Node.js ends the process for either.
 */
export function outliveReaders(): void {
  for (const stream of [stdout, stderr]) {
    if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
  }
}

function ignore(): void {
  // There is nobody left to tell.
}

/**
 * A destination for log lines that never makes the process wait: while a reader is slow, lines are kept up to 1 MiB, and dropped
 * beyond. A line says how many were.
 */
export function patientLines(output: Output): { write(line: string): void } {
  let dropped = 0;
  return {
    write(line) {
      if (output.writableLength > MAX_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      if (dropped > 0) output.write(`${JSON.stringify(lossOf(dropped))}\n`);
      dropped = 0;
      output.write(line);
    },
  };
}

/** As pino writes a warning. */
function lossOf(lines: number): object {
  return { level: 40, time: new Date().toISOString(), lines, msg: "Log lines were dropped" };
}

/**
 * A part for the supervisor's tests, in place of a store or a web process: `node part.js NAME BEHAVIOUR JOURNAL`.
 * It notes in the journal (a file) that it started, with its process number and the address it was given, and that it
 * stopped.
 */
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

const [name = "", behaviour = "", journal = ""] = process.argv.slice(2);

function note(event: string): void {
  appendFileSync(journal, `${JSON.stringify({ name, event, pid: process.pid })}\n`);
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

function stayAlive(): void {
  setInterval(() => undefined, 60_000);
}

function stopOnSignal(): void {
  process.once("SIGTERM", () => {
    note("stopped");
    process.exit(0);
  });
}

const behaviours: Record<string, () => void> = {
  store: () => {
    stopOnSignal();
    print({ ready: true, url: `address-of-${name}` });
    stayAlive();
  },
  web: () => {
    stopOnSignal();
    createServer((_, response) => response.end()).listen(Number(process.env["PORT"]));
  },
  unready: () => {
    stopOnSignal();
    stayAlive();
  },
  task: () => {
    note(`saw ${process.env["STORE_URL"] ?? "no address"}`);
  },
  failing: () => {
    complain("the reason why");
    process.exitCode = 3;
  },
  deaf: () => {
    process.on("SIGTERM", () => {
      note("heard SIGTERM");
    });
    print({ ready: true });
    stayAlive();
  },
  talking: () => {
    stopOnSignal();
    const lines = [
      { level: 30, msg: "routine" },
      { level: 40, msg: "disk \u001b[2Jalmost\r\nfull", freeBytes: 7 },
      { level: 50, msg: "request failed", err: { message: "no such table", stack: "at line 1" } },
    ];
    for (const line of lines) print(line);
    complain("plain words");
    print({ ready: true });
    stayAlive();
  },
};

note("started");
behaviours[behaviour]?.();

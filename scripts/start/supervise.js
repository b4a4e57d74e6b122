import { join } from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { LogFile } from "../parts/log-file.js";
import { StartError, Supervisor } from "../parts/supervisor.js";

/** @typedef {import("./terminal.js").Terminal} Terminal */

/** npm passes on the signals that it gets: one Ctrl-C arrives twice, and only a later one is the person's second. */
const SAME_SIGNAL_MS = 1_000;

const PARENT_CHECK_MS = 1_000;

/**
 * Runs parts until a signal ends them; shows people what they must know and logs the rest.
 *
 * The first SIGINT, SIGTERM or SIGHUP stops the parts in their order, the second kills them.
 *
 * @param {object} options
 * @param {import("../parts/part-process.js").Part[][]} options.stages - See {@link Supervisor}.
 * @param {Terminal} options.terminal
 * @param {string} options.logFolder - Gets one file for each part.
 * @param {() => void} options.onReady - Called once, when all parts are ready.
 * @returns {Promise<number>} the exit code: 0 after a graceful stop, 1 when a part could not start, 130 when killed.
 */
export async function supervise({ stages, terminal, logFolder, onReady }) {
  const supervisor = new Supervisor(stages);
  const logs = keepLogs(supervisor, terminal, logFolder);
  announce(supervisor, terminal);
  const interruption = handleInterruptions(supervisor, terminal);
  try {
    await supervisor.start();
    if (!supervisor.isStopping) onReady();
    await interruption.requested;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    if (!supervisor.isStopping) {
      terminal.notice(
        "red",
        `${error.message}. Its log: ${join(logFolder, `${error.part.name}.log`)}`,
      );
      return 1;
    }
  } finally {
    await supervisor.stop();
    await Promise.all([...logs.values()].map((log) => log.close()));
  }
  return interruption.wasForced ? 130 : 0;
}

/**
 * @param {Supervisor} supervisor
 * @param {Terminal} terminal
 * @param {string} logFolder
 */
function keepLogs(supervisor, terminal, logFolder) {
  /** @type {Map<string, LogFile>} */
  const logs = new Map();
  supervisor.on("line", ({ name }, stream, text) => {
    // What a store says when it is ready holds its password.
    if (stream === "stdout" && text.startsWith('{"ready":')) return;
    const log = logs.get(name) ?? openLog(join(logFolder, `${name}.log`), terminal);
    logs.set(name, log);
    log.write(text);
    terminal.logLine(name, stream, text);
  });
  return logs;
}

/**
 * Says once that a log cannot be written.
 *
 * @param {string} path
 * @param {Terminal} terminal
 */
function openLog(path, terminal) {
  let isTold = false;
  return new LogFile(path, ({ message }) => {
    if (!isTold) terminal.notice("yellow", `Log lines are lost: ${message}.`);
    isTold = true;
  });
}

/**
 * @param {Supervisor} supervisor
 * @param {Terminal} terminal
 */
function announce(supervisor, terminal) {
  supervisor
    .on("died", ({ name }, how, pauseMs) => {
      terminal.notice("yellow", `${name} died (${how}); starting it again in ${pauseMs / 1000} s.`);
    })
    .on("waiting", ({ name }, what) => terminal.notice("yellow", `Waiting for ${name} ${what} ...`))
    .on("back", ({ name }) => terminal.notice("green", `${name} is back.`))
    .on("late", ({ name }, why) => terminal.notice("yellow", `${name} ${why}; it runs on.`))
    .on("killed", ({ name }) => terminal.notice("yellow", `${name} was killed.`));
}

/**
 * @param {Supervisor} supervisor
 * @param {Terminal} terminal
 */
function handleInterruptions(supervisor, terminal) {
  const { promise: requested, resolve } = withResolvers();
  const state = { requested, wasForced: false };
  /** @type {number | undefined} */
  let requestedAt;
  const interrupt = () => {
    if (requestedAt === undefined) {
      requestedAt = Date.now();
      terminal.say("\n  Stopping. Ctrl-C again forces it.");
      resolve(supervisor.stop());
    } else if (Date.now() - requestedAt > SAME_SIGNAL_MS) {
      state.wasForced = true;
      supervisor.kill();
    }
  };
  // Never taken away again: a signal that comes while the last lines are written must not end us before them.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupt);
  whenNpmDies(interrupt);
  return state;
}

/** Who kills `npm start` with SIGKILL wants Stowage to end, but npm cannot pass that on. @param {() => void} interrupt */
function whenNpmDies(interrupt) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    interrupt();
  }, PARENT_CHECK_MS);
  check.unref();
}

/** `Promise.withResolvers`, which Node.js 20 lacks. */
function withResolvers() {
  /** @type {(value: Promise<void>) => void} */
  let resolve = () => undefined;
  /** @type {Promise<void>} */
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

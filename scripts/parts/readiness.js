import { on, once } from "node:events";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { clearTimeout, setTimeout } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";

const { AbortSignal } = globalThis;

/** How long a part may take to become ready. A task (`ready: "exit"`) may take as long as it needs. */
const READY_TIMEOUT_MS = 60_000;

const POLL_INTERVAL_MS = 100;

/** A start that takes longer says what it waits for. */
const PATIENCE_MS = 5_000;

/** What a readiness check says may be shown to people. */
const MAX_ANSWER_LENGTH = 200;

/** A part ended before it was ready, or was not ready in time. */
export class NotReadyError extends Error {}

/**
 * Waits until a part is ready.
 *
 * @param {import("./part-process.js").Part} part
 * @param {import("./part-process.js").PartProcess} running
 * @param {(what: string) => void} [onWait] - Told what it waits for, when that takes longer than {@link PATIENCE_MS}.
 * @returns {Promise<string | undefined>} the address it printed, if it did.
 * @throws {NotReadyError} when it ends before, or takes longer than {@link READY_TIMEOUT_MS}.
 */
export async function untilReady({ ready }, running, onWait = () => undefined) {
  if (ready === "spawn") return undefined;
  const state = { what: ready === "exit" ? "to end" : "to say that it is ready" };
  const timer = setTimeout(() => onWait(state.what), PATIENCE_MS);
  try {
    if (ready === "exit") return await untilDone(running);
    return await untilServing(ready, running, state);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {"line" | URL} ready
 * @param {import("./part-process.js").PartProcess} running
 * @param {{ what: string }} state - Gets what it waits for.
 */
async function untilServing(ready, running, state) {
  const signal = AbortSignal.any([running.hasEnded, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  try {
    return ready === "line"
      ? await readyLine(running, signal)
      : await firstAnswer(ready, signal, state);
  } catch (error) {
    if (running.ended !== undefined) {
      throw new NotReadyError(`ended with ${running.ended} before it was ready`);
    }
    if (!signal.aborted) throw error;
    throw new NotReadyError(
      `was not ready after ${READY_TIMEOUT_MS / 1000} seconds of waiting for it ${state.what}`,
    );
  }
}

/** @param {import("./part-process.js").PartProcess} running */
async function untilDone(running) {
  if (running.ended === undefined) await once(running, "exit");
  if (running.ended !== "exit code 0") throw new NotReadyError(`ended with ${running.ended}`);
  return undefined;
}

/**
 * @param {import("./part-process.js").PartProcess} running
 * @param {AbortSignal} signal
 */
async function readyLine(running, signal) {
  for await (const [stream, printed] of on(running, "line", { signal })) {
    const line = stream === "stdout" ? parseObject(printed) : undefined;
    if (line?.ready === true) return line.url;
  }
  return undefined;
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 * @param {{ what: string }} state
 */
async function firstAnswer(url, signal, state) {
  for (;;) {
    const answer = await answerOf(url, signal);
    if (answer.startsWith("200 ")) return undefined;
    state.what = `to be ready (${url} answers ${answer})`;
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
  }
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 * @returns its status and its body, or the error's code when nobody answers yet.
 */
async function answerOf(url, signal) {
  const request = get(url, { signal, agent: false });
  try {
    const [response] = await once(request, "response");
    return `${response.statusCode} ${(await text(response)).slice(0, MAX_ANSWER_LENGTH).replace(/\p{Cc}/gu, " ")}`;
  } catch (error) {
    if (signal.aborted) throw error;
    return error.code ?? error.message;
  }
}

/**
 * @param {string} line
 * @returns {Record<string, any> | undefined} the object that a line of JSON holds; `undefined` for any other text.
 */
export function parseObject(line) {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

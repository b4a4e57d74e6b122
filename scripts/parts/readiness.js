import { on, once } from "node:events";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const { AbortSignal } = globalThis;

/** How long a part may take to become ready. A task (`ready: "exit"`) may take as long as it needs. */
const READY_TIMEOUT_MS = 60_000;

const POLL_INTERVAL_MS = 100;

/** A part ended before it was ready, or was not ready in time. */
export class NotReadyError extends Error {}

/**
 * Waits until a part is ready.
 *
 * @param {import("./part-process.js").Part} part
 * @param {import("./part-process.js").PartProcess} running
 * @returns {Promise<string | undefined>} the address it printed, if it did.
 * @throws {NotReadyError} when it ends before, or takes longer than {@link READY_TIMEOUT_MS}.
 */
export async function untilReady({ ready }, running) {
  if (ready === "spawn") return undefined;
  if (ready === "exit") return untilDone(running);
  const signal = AbortSignal.any([running.hasEnded, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  try {
    return ready === "line" ? await readyLine(running, signal) : await firstAnswer(ready, signal);
  } catch (error) {
    if (running.ended !== undefined) {
      throw new NotReadyError(`ended with ${running.ended} before it was ready`);
    }
    if (!signal.aborted) throw error;
    throw new NotReadyError(`was not ready after ${READY_TIMEOUT_MS / 1000} seconds`);
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
  for await (const [stream, text] of on(running, "line", { signal })) {
    const line = stream === "stdout" ? parseObject(text) : undefined;
    if (line?.ready === true) return line.url;
  }
  return undefined;
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 */
async function firstAnswer(url, signal) {
  while ((await statusOf(url, signal)) !== 200)
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
  return undefined;
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 * @returns the status, or `undefined` when nobody answers yet.
 */
async function statusOf(url, signal) {
  const request = get(url, { signal, agent: false });
  try {
    const [response] = await once(request, "response");
    response.resume();
    return response.statusCode;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

/**
 * @param {string} text
 * @returns {Record<string, any> | undefined} the object that a line of JSON holds; `undefined` for any other text.
 */
export function parseObject(text) {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

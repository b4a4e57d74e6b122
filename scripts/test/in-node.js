/**
 * A test runner for Jest: Jest's own (Circus), but with the modules of Node.js itself. Otherwise Jest loads a test file and all
 * that it imports into a context of its own. Its globals are not those of Node.js (an `Error` that Node.js throws is no
 * `Error` there), reaching them makes all code a third slower, and everything is loaded and compiled again for every file.
 *
 * What a file imports is shared with the files that the same worker runs before and after it: no module may keep a state, or
 * register a hook when it is loaded. A file that leaves a server or a process behind therefore fails.
 */
import asyncHooks from "node:async_hooks";
import { createRequire, register } from "node:module";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import circus from "jest-circus/runner";
import { setGlobals } from "./globals.js";

const require = createRequire(import.meta.url);

register("./globals-hook.js", import.meta.url);

/** What no test file may leave behind, as Node.js calls it, and how long it may take to end. */
const LEFT_BEHIND = new Set(["TCPServerWrap", "ProcessWrap"]);
const TO_END_MS = 5_000;

/** What Jest calls for each test file (its option `testRunner`), with all that Circus needs. */
export default async function runInNode(...needs) {
  const [, , , runtime] = needs;
  runtime.requireInternalModule = requireAfresh;
  runtime.setGlobalsForRuntime = setGlobals;
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (path) => import(pathToFileURL(path).href);
  const result = await circus.default(...needs);
  await nothingLeft();
  return result;
}

async function nothingLeft() {
  const giveUpAt = performance.now() + TO_END_MS;
  for (;;) {
    const left = process.getActiveResourcesInfo().filter((kind) => LEFT_BEHIND.has(kind));
    if (left.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`Left behind: ${left.join(", ")}`);
    await setTimeout(10);
  }
}

/** The part of Circus that keeps the tests of a file in its module, and listeners to them under a global name. */
function requireAfresh(path) {
  delete require.cache[path];
  delete globalThis[Symbol.for("EVENT_HANDLERS")];
  const name = "AsyncLocalStorage";
  const real = Object.getOwnPropertyDescriptor(asyncHooks, name);
  Object.defineProperty(asyncHooks, name, { value: OneAtATime, configurable: true });
  try {
    return require(path);
  } finally {
    Object.defineProperty(asyncHooks, name, real);
  }
}

/**
 * What Circus needs of an `AsyncLocalStorage` to know which test runs, as long as they run one after the other. The real one
 * makes every promise of the product dearer: a sixth of the time of all tests.
 */
class OneAtATime {
  #store;

  getStore() {
    return this.#store;
  }

  async run(store, action) {
    const before = this.#store;
    this.#store = store;
    try {
      return await action();
    } finally {
      this.#store = before;
    }
  }
}

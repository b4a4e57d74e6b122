import { statSync } from "node:fs";
import Sequencer from "@jest/test-sequencer";

/** The package describes its CommonJS form, in which the class has another place. @type {typeof Sequencer.default} */
const TestSequencer = /** @type {any} */ (Sequencer);

/** Folders in the order in which their tests run; all others come after them. */
const FIRST = [
  // They wait for processes, clocks, browsers and other programs, while format and lint are checked beside them.
  /\/tests\/(?:faults|browser|clients|scripts)\//,
  // They compute for a long time, whatever their size.
  /\/embedded-mongo\/tests\/|\/security\/matrix\//,
];

/**
 * The order of the test files: those that wait or compute a lot come first, so that none of them is what a run ends with;
 * otherwise large files come before small ones. Unlike Jest's own order it is the same in a folder that was never tested before.
 */
export default class SlowFirst extends TestSequencer {
  /** @param {import("@jest/test-result").Test[]} tests @override */
  sort(tests) {
    const rank = (/** @type {{ path: string }} */ { path }) => {
      const folder = FIRST.findIndex((pattern) => pattern.test(path));
      return statSync(path).size - 1e9 * (folder === -1 ? FIRST.length : folder);
    };
    return [...tests].sort((a, b) => rank(b) - rank(a));
  }
}

import { statSync } from "node:fs";
import TestSequencer from "@jest/test-sequencer";

/** Folders whose tests wait for processes, clocks and browsers: they run beside those that only compute. */
const WAITING = /\/tests\/(?:faults|browser|scripts)\//;

/**
 * The order of the test files: those that wait a lot come first, so that none of them is what a run ends with; otherwise
 * large files come before small ones. Unlike Jest's own order it is the same in a folder that was never tested before.
 */
export default class SlowFirst extends TestSequencer {
  /** @param {import("@jest/test-result").Test[]} tests */
  sort(tests) {
    const rank = ({ path }) => statSync(path).size + (WAITING.test(path) ? 1e9 : 0);
    return [...tests].sort((a, b) => rank(b) - rank(a));
  }
}

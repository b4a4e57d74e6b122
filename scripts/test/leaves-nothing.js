import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { TestEnvironment } from "jest-environment-node";

/** What no test file may leave behind, as Node.js calls it, and how long it may take to end. */
const LEFT_BEHIND = new Set(["TCPServerWrap", "ProcessWrap"]);
const TO_END_MS = 5_000;

/** Jest's environment for Node.js, in which a test file fails that leaves a server or a process behind. */
export default class LeavesNothing extends TestEnvironment {
  /** @override */
  async teardown() {
    await super.teardown();
    const giveUpAt = performance.now() + TO_END_MS;
    for (;;) {
      const left = process.getActiveResourcesInfo().filter((kind) => LEFT_BEHIND.has(kind));
      if (left.length === 0) return;
      if (performance.now() > giveUpAt) throw new Error(`Left behind: ${left.join(", ")}`);
      await sleep(10);
    }
  }
}

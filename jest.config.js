import { fileURLToPath } from "node:url";

const ours = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Jest runs the compiled tests: what is tested is what is shipped. */
export default {
  rootDir: ours("dist"),
  testMatch: [
    "<rootDir>/tests/**/*.test.js",
    // A smoke of the embedded store: `npm test -w packages/embedded-mongo` runs all of its tests.
    "<rootDir>/packages/embedded-mongo/tests/server/{gridfs,close,documents}.test.js",
  ],
  transform: {},
  testEnvironment: ours("scripts/test/leaves-nothing.js"),
  testTimeout: 180_000,
  testSequencer: ours("scripts/test/slow-first.js"),
  reporters: ["default", ours("scripts/test/closing-line.js")],
  // On two cores, one more file than cores: many wait for processes and clocks while others compute.
  maxWorkers: 3,
  // Node.js keeps the ES modules of every test file that a worker has run, some 30 MB for each. A worker that has grown starts afresh.
  workerIdleMemoryLimit: "1GB",
  // A busy machine needs more than half a second to end a worker with a large heap; what keeps one from ending is still told.
  workerGracefulExitTimeout: 10_000,
};

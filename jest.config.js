/** Jest runs the compiled tests: what is tested is what is shipped. */
export default {
  rootDir: "dist/tests",
  testMatch: ["**/*.test.js"],
  transform: {},
  testRunner: "<rootDir>/../../scripts/test/in-node.js",
  testEnvironment: "node",
  testTimeout: 60_000,
  testSequencer: "<rootDir>/../../scripts/test/slow-first.js",
  reporters: ["default", "<rootDir>/../../scripts/test/closing-line.js"],
  // One more than a small machine has processors: many tests wait for others' processes and clocks.
  maxWorkers: 3,
};

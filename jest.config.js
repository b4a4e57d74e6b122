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
  // On two cores, one more file than cores: many wait for processes and clocks while others compute.
  maxWorkers: 3,
};

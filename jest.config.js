/** Jest runs the compiled tests: what is tested is what is shipped. */
export default {
  rootDir: "dist/tests",
  testMatch: ["**/*.test.js"],
  transform: {},
  testEnvironment: "node",
  testTimeout: 60_000,
};

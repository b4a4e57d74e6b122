import { fileURLToPath } from "node:url";
import root from "../../jest.config.js";

/** `npm test -w packages/embedded-mongo`: all tests of the store. */
export default {
  ...root,
  rootDir: fileURLToPath(new URL("../../dist/packages/embedded-mongo/tests", import.meta.url)),
  testMatch: ["**/*.test.js"],
};

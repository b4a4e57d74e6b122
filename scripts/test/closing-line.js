/** What this machine lacks, as the tests are compiled: the list is theirs. */
const PROGRAMS = new URL("../../dist/tests/support/programs.js", import.meta.url);

/**
 * A reporter for Jest that closes the run with one line that machines read: `N passed, N failed`, and `, N skipped`
 * where there are any. A file that could not be run counts as one failure. Before it come the programs that skipped tests need.
 */
export default class ClosingLine {
  /**
   * @param {unknown} _contexts
   * @param {import("@jest/reporters").AggregatedResult} results
   */
  async onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : "";
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped}`;
    // Jest's own summary comes after the reporters.
    process.once("exit", () => console.log(line));
    if (results.numPendingTests === 0) return;
    /** @type {{ missingPrograms: () => string[] }} */
    const { missingPrograms } = await import(PROGRAMS.href);
    const missing = missingPrograms().map((program) => `  ${program}`);
    console.log(
      ["\nTests were skipped, which need what this machine lacks:", ...missing].join("\n"),
    );
  }
}

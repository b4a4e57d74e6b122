/**
 * A reporter for Jest that closes the run with one line that machines read: `N passed, N failed`, and `, N skipped`
 * where there are any. A file that could not be run counts as one failure.
 */
export default class ClosingLine {
  /**
   * @param {unknown} _contexts
   * @param {import("@jest/reporters").AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : "";
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped}`;
    // Jest's own summary comes after the reporters.
    process.once("exit", () => console.log(line));
  }
}

import { describe, test } from "@jest/globals";
import { type ProgramName, PROGRAMS } from "./programs.js";

/**
 * `test` and `describe` for tests that start another program. Where it is missing they are skipped, and the end of the run says how
 * to get it. Where `CI` is set they run in any case, and fail without it.
 */
export function needs(...names: readonly ProgramName[]): Skippable {
  const isRequired = process.env["CI"] !== undefined;
  if (isRequired || names.every((name) => PROGRAMS[name].isHere())) return { describe, test };
  return { describe: describe.skip, test: test.skip };
}

interface Skippable {
  readonly describe: typeof describe.skip;
  readonly test: typeof test.skip;
}

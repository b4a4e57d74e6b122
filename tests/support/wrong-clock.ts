import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a process of Node.js runs first: from then on every new `Date`, and `Date.now()`, is off. */
const script = (offMs: number) => `
const Right = Date;
globalThis.Date = class Date extends Right {
  constructor(...args) {
    if (args.length === 0) super(Right.now() + ${offMs});
    else super(...args);
  }
  static now() {
    return Right.now() + ${offMs};
  }
};
`;

/** The environment of a process of Node.js whose clock is ahead by so many milliseconds; behind, where they are negative. */
export function wrongClock(folder: string, offMs: number): Readonly<Record<string, string>> {
  const path = join(folder, `clock${offMs}.mjs`);
  writeFileSync(path, script(offMs));
  return { NODE_OPTIONS: `--import=${path}` };
}

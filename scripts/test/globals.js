/** What test files get for `@jest/globals`: functions that belong to the file that runs, whoever imported them and when. */

let current;

/** Called before a test file is loaded. @param {Record<string, Function>} globals - Those of this file. */
export function setGlobals(globals) {
  current = globals;
}

export const describe = late("describe");
export const test = late("test");
export const expect = late("expect");
export const beforeAll = late("beforeAll");
export const beforeEach = late("beforeEach");
export const afterEach = late("afterEach");
export const afterAll = late("afterAll");

/** A function with its properties (`test.each`), looked up when it is used. */
function late(name) {
  return new Proxy(() => undefined, {
    apply: (_target, _this, args) => current[name](...args),
    get: (_target, key) => current[name][key],
  });
}

/**
 * A hook of Node.js for the resolution of modules. The package `@jest/globals` holds types alone, and throws when it is loaded
 * outside of Jest's own contexts: in its place comes `globals.js`.
 */
export function resolve(specifier, context, nextResolve) {
  if (specifier !== "@jest/globals") return nextResolve(specifier, context);
  return { url: new URL("globals.js", import.meta.url).href, shortCircuit: true };
}

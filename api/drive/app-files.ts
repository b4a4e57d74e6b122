import { readdirSync, readFileSync } from "node:fs";
import { StaticText } from "../pages/static-text.js";

/** Where `scripts/setup/build.js` puts the page for people. */
const BUILT = new URL("../../web/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
};

/** The page for people and what it loads, in memory. */
export interface AppFiles {
  readonly page: StaticText;
  /** By name. A name has a digest of the content, so that what is found under it never changes. */
  readonly assets: ReadonlyMap<string, StaticText>;
}

/** Reads what was built of `web/`. */
export function loadAppFiles(): AppFiles {
  const names = readdirSync(new URL("assets/", BUILT));
  const assets = names.map((name) => [name, textOf(`assets/${name}`)] as const);
  return { page: textOf("index.html", "text/html"), assets: new Map(assets) };
}

function textOf(path: string, type = typeOf(path)): StaticText {
  return new StaticText({ type, content: readFileSync(new URL(path, BUILT)) });
}

function typeOf(path: string): string {
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1)];
  if (type === undefined) throw new Error(`The page has a file of an unknown type: ${path}`);
  return type;
}

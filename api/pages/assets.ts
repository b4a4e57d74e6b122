import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StaticText } from "./static-text.js";

const TYPES = {
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
} as const;

/** How long a file is cached whose path has a digest of what it holds. */
export const FOR_GOOD = "public, max-age=31536000, immutable";

/** A file that a page loads. */
export interface Asset {
  /** Its ending decides its type. */
  readonly name: `${string}.${keyof typeof TYPES}`;
  readonly content: Buffer;
}

/** The asset in the folder `static` beside a module. @param module - Its `import.meta.url`. */
export function ownAsset(name: Asset["name"], module: string): Asset {
  return { name, content: readFileSync(fileURLToPath(new URL(`static/${name}`, module))) };
}

const ownText = (name: Asset["name"]) => ownAsset(name, import.meta.url).content;

/** What every page loads: the colours and the basic layout, and the icon. The colours are a file of their own, because `web/` has them, too. */
const COMMON = [
  { name: "page.css", content: Buffer.concat([ownText("colours.css"), ownText("page.css")]) },
  ownAsset("favicon.svg", import.meta.url),
] as const;

/**
 * The assets of one page, in memory. They refer to each other by name, and their path contains a digest of them all, so that
 * what is found under a path never changes.
 */
export class AssetBundle {
  readonly digest: string;
  readonly #byName: ReadonlyMap<string, StaticText>;

  constructor(own: readonly Asset[] = []) {
    const assets = [...COMMON, ...own];
    this.#byName = new Map(
      assets.map(({ name, content }) => [name, new StaticText({ type: typeOf(name), content })]),
    );
    const hash = createHash("sha256");
    for (const { name, content } of assets)
      hash.update(`${name} ${content.length}\n`).update(content);
    this.digest = hash.digest("hex").slice(0, 16);
  }

  /** The URL of an asset, for use in a page. */
  url(name: Asset["name"]): string {
    if (!this.#byName.has(name)) throw new Error(`The page has no asset ${name}`);
    return `/assets/${this.digest}/${name}`;
  }

  /** Only names of this bundle are ever found, and none is ever made into a path. */
  find(name: string): StaticText | undefined {
    return this.#byName.get(name);
  }
}

const typeOf = (name: Asset["name"]) =>
  TYPES[name.slice(name.lastIndexOf(".") + 1) as keyof typeof TYPES];

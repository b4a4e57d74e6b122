import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const OURS = fileURLToPath(new URL("static", import.meta.url));

/** Everything that the page loads. Only these names are ever served, and none is ever made into a path. */
const SOURCES = [
  { name: "swagger-ui.css", path: join(SWAGGER_UI, "swagger-ui.css"), type: "text/css" },
  {
    name: "swagger-ui-bundle.js",
    path: join(SWAGGER_UI, "swagger-ui-bundle.js"),
    type: "text/javascript",
  },
  {
    name: "swagger-ui-standalone-preset.js",
    path: join(SWAGGER_UI, "swagger-ui-standalone-preset.js"),
    type: "text/javascript",
  },
  { name: "stowage.css", path: join(OURS, "stowage.css"), type: "text/css" },
  { name: "stowage.js", path: join(OURS, "stowage.js"), type: "text/javascript" },
  { name: "favicon.svg", path: join(OURS, "favicon.svg"), type: "image/svg+xml" },
];

/** A file that the docs page loads, in memory. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

/** The assets by name, and a digest over all of them: a path that contains it never changes its content. */
export interface Assets {
  readonly byName: ReadonlyMap<string, Asset>;
  readonly digest: string;
}

/** Reads the assets of the docs page, about 2 MiB. */
export function loadAssets(): Assets {
  const byName = new Map<string, Asset>();
  const hash = createHash("sha256");
  for (const { name, path, type } of SOURCES) {
    const content = readFileSync(path);
    byName.set(name, { type, content });
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return { byName, digest: hash.digest("hex").slice(0, 16) };
}

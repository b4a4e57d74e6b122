import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Context } from "koa";
import { koaSwagger } from "koa2-swagger-ui";
import { type Asset, AssetBundle, ownAsset } from "../pages/assets.js";
import { drawPage, html, pagePolicy } from "../pages/html.js";

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

const SCRIPTS = [
  "docs.js",
  "swagger-ui-bundle.js",
  "swagger-ui-standalone-preset.js",
  "start.js",
] as const;

/** Everything that the page loads, about 2 MiB. */
export function loadDocsAssets(): AssetBundle {
  return new AssetBundle([
    swaggerAsset("swagger-ui.css"),
    swaggerAsset("swagger-ui-bundle.js"),
    swaggerAsset("swagger-ui-standalone-preset.js"),
    ownAsset("docs.css", import.meta.url),
    ownAsset("docs.js", import.meta.url),
    { name: "start.js", content: Buffer.from(startScript()) },
  ]);
}

const swaggerAsset = (name: Asset["name"]): Asset => ({
  name,
  content: readFileSync(join(SWAGGER_UI, name)),
});

/** The Swagger UI page in the shell of our pages. */
export function drawDocsPage(assets: AssetBundle): string {
  return drawPage({
    title: "Stowage",
    assets,
    styles: ["docs.css"],
    scripts: SCRIPTS,
    body: html`<div id="swagger-ui"></div>`,
  });
}

/** Swagger UI's icons are `data:`; what _Try it out_ downloads is `blob:`. */
export const DOCS_POLICY = pagePolicy({
  "script-src": "'self'",
  "img-src": "'self' data: blob:",
  "media-src": "blob:",
  "connect-src": "'self'",
});

/**
 * The script that starts Swagger UI, out of the page that koa2-swagger-ui draws. The rest of that page asks other hosts for fonts
 * and has inline styles and scripts, which a strict policy forbids.
 */
function startScript(): string {
  const draw = koaSwagger({
    // The package then draws its page for any path.
    routePrefix: false,
    swaggerVersion: "",
    swaggerOptions: {
      url: "/openapi.json",
      layout: "StandaloneLayout",
      plugins: "StowagePlugin",
      validatorUrl: null,
      withCredentials: true,
      deepLinking: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: "0",
      docExpansion: "none",
    },
  });
  const page = {} as Context;
  void draw(page, () => Promise.resolve());
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(String(page.body)) ?? [];
  if (script === undefined) throw new Error("koa2-swagger-ui drew a page without its script");
  return script;
}

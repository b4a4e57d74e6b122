import { createHash } from "node:crypto";
import type { Context } from "koa";
import { koaSwagger } from "koa2-swagger-ui";

const INLINE_SCRIPT = /<script>([\s\S]*?)<\/script>/g;

/**
 * The Swagger UI page. koa2-swagger-ui draws it, and what it draws is made fit for a strict Content-Security-Policy and for
 * machines without the internet: see {@link ownPage}.
 *
 * @param assetsPath - Where the page finds its assets, without a slash at the end.
 */
export function docsPage({ assetsPath }: { assetsPath: string }) {
  const draw = koaSwagger({
    title: "Stowage",
    // The two make the path of the scripts: `<swaggerCdnUrl>/<swaggerVersion>/swagger-ui-bundle.js`.
    swaggerCdnUrl: assetsPath.slice(0, assetsPath.lastIndexOf("/")),
    swaggerVersion: assetsPath.slice(assetsPath.lastIndexOf("/") + 1),
    // The router matched the path already; the package's own pattern would also take /x/docs.
    routePrefix: false,
    favicon: `${assetsPath}/favicon.svg`,
    swaggerOptions: {
      url: "/openapi.json",
      layout: "StandaloneLayout",
      plugins: "StowagePlugin",
      validatorUrl: null,
      withCredentials: true,
      deepLinking: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: "0",
      docExpansion: "list",
    },
  });
  return async (ctx: Context): Promise<void> => {
    await draw(ctx, () => Promise.resolve());
    const page = ownPage(String(ctx.body), assetsPath);
    ctx.set({
      "Content-Security-Policy": contentSecurityPolicy(page),
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
    });
    ctx.body = page;
  };
}

/**
 * Takes out of koa2-swagger-ui's page what points at other hosts (Google Fonts) and what a strict policy forbids (inline
 * styles, and a sprite that Swagger UI 5 does not use), and puts our plugin in. Our style sheet takes the place of one that
 * swagger-ui-dist does not have, and imports the one that it has.
 */
function ownPage(markup: string, assetsPath: string): string {
  return markup
    .replace(/\s*<link href="https:[^>]*>/g, "")
    .replace(/\s*<style>[\s\S]*?<\/style>/, "")
    .replace(/\s*<svg[\s\S]*?<\/svg>/, "")
    .replace('type="image/png"', 'type="image/svg+xml"')
    .replace("swagger-ui.min.css", "stowage.css")
    .replace(
      "</head>",
      [
        '  <meta name="viewport" content="width=device-width, initial-scale=1">',
        '  <meta name="color-scheme" content="light dark">',
        `  <script src="${assetsPath}/stowage.js"></script>`,
        "</head>",
      ].join("\n"),
    );
}

/**
 * Only our own files, and of inline scripts only those of this page, by their SHA-256 (CSP level 3, §8.5). Images and media may
 * also come from memory: Swagger UI's icons are `data:`, and what *Try it out* downloads is `blob:`.
 */
function contentSecurityPolicy(page: string): string {
  const hashes = [...page.matchAll(INLINE_SCRIPT)].map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(" ")}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

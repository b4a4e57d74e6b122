import { readFileSync } from "node:fs";
import { anyone } from "../http/allow.js";
import { Routes } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { StaticText } from "../pages/static-text.js";
import { DOCS_POLICY, drawDocsPage } from "./page.js";

/** Written by `scripts/bundle-openapi.js`. */
const DOCUMENT = new URL("../../openapi/openapi.json", import.meta.url);

/** The API's description, as a document for programs and as a page for people. @param assets - Those of the page. */
export function docsRoutes({ assets }: { readonly assets: AssetBundle }): Routes {
  const document = new StaticText({
    type: "application/json",
    content: readFileSync(DOCUMENT),
  });
  const page = new StaticText({ type: "text/html", content: Buffer.from(drawDocsPage(assets)) });

  return new Routes()
    .get("/openapi.json", anyone, (ctx) => {
      ctx.set("Cache-Control", "no-cache");
      return document.send(ctx);
    })
    .get("/docs", anyone, (ctx) => {
      ctx.set({ "Content-Security-Policy": DOCS_POLICY, "Cache-Control": "no-cache" });
      return page.send(ctx);
    });
}

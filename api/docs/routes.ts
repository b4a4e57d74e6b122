import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { anyone } from "../http/allow.js";
import { Routes } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { sendFile } from "../pages/routes.js";
import { DOCS_POLICY, drawDocsPage } from "./page.js";

/** Written by `scripts/bundle-openapi.js`. */
const DOCUMENT = new URL("../../openapi/openapi.json", import.meta.url);

/** The API's description, as a document for programs and as a page for people. @param assets - Those of the page. */
export function docsRoutes({ assets }: { readonly assets: AssetBundle }): Routes {
  const document = readFileSync(DOCUMENT);
  const documentEtag = `"${createHash("sha256").update(document).digest("base64url")}"`;
  const page = Buffer.from(drawDocsPage(assets));

  return new Routes()
    .get("/openapi.json", anyone, (ctx) => {
      ctx.set({ ETag: documentEtag, "Cache-Control": "no-cache" });
      sendFile(ctx, { type: "application/json", content: document });
      if (ctx.fresh) ctx.status = 304;
    })
    .get("/docs", anyone, (ctx) => {
      ctx.set({ "Content-Security-Policy": DOCS_POLICY, "Cache-Control": "no-cache" });
      sendFile(ctx, { type: "text/html", content: page });
    });
}

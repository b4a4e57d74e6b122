import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Context } from "koa";
import { object, string } from "yup";
import { NotFoundError } from "../../common/platform/errors.js";
import { anyone } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { loadAssets } from "./assets.js";
import { docsPage } from "./page.js";

const oneAsset = { params: object({ digest: string().defined(), name: string().defined() }) };

/** Written by `scripts/bundle-openapi.js`. */
const DOCUMENT = new URL("../../openapi/openapi.json", import.meta.url);

const FOR_GOOD = "public, max-age=31536000, immutable";

/**
 * The API's description as a document for machines (`GET /openapi.json`) and as a page for people (`GET /docs` and the assets
 * that it needs). Paths are exact: another case, or a slash at the end, is not found.
 */
export function docsRoutes(): Routes {
  const document = readFileSync(DOCUMENT);
  const documentEtag = `"${createHash("sha256").update(document).digest("base64url")}"`;
  const assets = loadAssets();

  return new Routes()
    .get("/openapi.json", anyone, (ctx) => {
      ctx.set({ ETag: documentEtag, "Cache-Control": "no-cache" });
      send(ctx, { type: "application/json", content: document });
      if (ctx.fresh) ctx.status = 304;
    })
    .get("/docs", anyone, docsPage({ assetsPath: `/docs/assets/${assets.digest}` }))
    .get("/docs/assets/:digest/:name", anyone, expects(oneAsset), (ctx) => {
      const { digest, name } = ctx.state.request.params;
      const asset = assets.byName.get(name);
      if (asset === undefined) throw new NotFoundError();
      // While servers are being replaced, one may be asked for the asset that the page of another named.
      ctx.set("Cache-Control", digest === assets.digest ? FOR_GOOD : "no-store");
      send(ctx, asset);
    });
}

function send(ctx: Context, { type, content }: { type: string; content: Buffer }): void {
  ctx.set("X-Content-Type-Options", "nosniff");
  ctx.type = type;
  ctx.body = content;
}

import { object, string } from "yup";
import { NotFoundError } from "../../common/platform/errors.js";
import { anyone } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { API_PREFIXES, Routes } from "../http/route.js";
import { type AssetBundle, FOR_GOOD } from "./assets.js";
import { prefersHtml } from "./html.js";

const LINKS = {
  drive: "/drive",
  api: API_PREFIXES[0],
  docs: "/docs",
  openapi: "/openapi.json",
  health: "/healthz",
};

const oneAsset = {
  params: object({ digest: string().defined(), name: string().defined() }),
};

/** The assets of all pages. */
export interface PageAssets {
  readonly docs: AssetBundle;
  /** Of pages that links lead to. */
  readonly links: AssetBundle;
  /** Of pages that need no more than every page does. */
  readonly plain: AssetBundle;
}

/** The entrance, and the assets of all pages. */
export function pageRoutes({ assets }: { readonly assets: PageAssets }): Routes {
  const bundles = [assets.plain, assets.links, assets.docs];
  return new Routes()
    .get("/", anyone, (ctx) => {
      ctx.vary("Accept");
      if (prefersHtml(ctx)) {
        ctx.status = 303;
        ctx.redirect(LINKS.drive);
      } else ctx.body = { name: "Stowage", links: LINKS };
    })
    .get("/assets/:digest/:name", anyone, expects(oneAsset), (ctx) => {
      const { digest, name } = ctx.state.request.params;
      const current = bundles.find((bundle) => bundle.digest === digest)?.find(name);
      // While servers are being replaced, one may be asked for the asset that a page of another named.
      const asset = current ?? bundles.map((bundle) => bundle.find(name)).find(Boolean);
      if (asset === undefined) throw new NotFoundError();
      ctx.set("Cache-Control", current === undefined ? "no-store" : FOR_GOOD);
      return asset.send(ctx);
    });
}

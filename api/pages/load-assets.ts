import { loadDocsAssets } from "../docs/page.js";
import { loadLinkAssets } from "../link-door/assets.js";
import { AssetBundle } from "./assets.js";
import type { PageAssets } from "./routes.js";

/** What all pages load, in memory. */
export const loadPageAssets = (): PageAssets => ({
  plain: new AssetBundle(),
  docs: loadDocsAssets(),
  links: loadLinkAssets(),
});

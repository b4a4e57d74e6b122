import { AssetBundle, ownAsset } from "../pages/assets.js";

/** The script of the page for uploads, and the modules that it imports. */
const MODULES = [
  "drop.js",
  "dropped.js",
  "list.js",
  "queue.js",
  "row.js",
  "speed.js",
  "texts.js",
  "tus.js",
  "upload.js",
] as const;

/** What the pages of links load. */
export const loadLinkAssets = () =>
  new AssetBundle(MODULES.map((name) => ownAsset(name, import.meta.url)));

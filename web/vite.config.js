import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const ours = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** The page for people, as files with a digest in their names: `api/drive` serves them. */
export default defineConfig({
  root: ours("."),
  base: "/drive/",
  logLevel: "warn",
  build: {
    outDir: ours("../dist/web"),
    emptyOutDir: true,
    target: "es2023",
    // The page's policy allows no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

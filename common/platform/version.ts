import { readFileSync } from "node:fs";

/** The version of this release, such as `1.2.3`. It is read from `package.json`, which lies above the built files. */
export function readVersion(): string {
  const path = new URL("../../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
  return version;
}

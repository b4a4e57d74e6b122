import { NotFoundError } from "../../common/platform/errors.js";
import { anyone } from "../http/allow.js";
import type { Context } from "../http/door.js";
import { Routes } from "../http/route.js";
import { FOR_GOOD } from "../pages/assets.js";
import { pagePolicy } from "../pages/html.js";
import type { AppFiles } from "./app-files.js";

/** Where the page for people is. What lies below is decided by the page. */
export const DRIVE_PATH = "/drive";

const ASSETS = `${DRIVE_PATH}/assets/`;

/** Nothing of other hosts, nothing inline, and no text that becomes a script. */
const POLICY = pagePolicy({
  "script-src": "'self'",
  "connect-src": "'self'",
  "img-src": "'self' blob:",
  "media-src": "'self'",
  "frame-src": "'self'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
});

/** The page for people, which is a client of the API and nothing else. */
export function driveRoutes({ page, assets }: AppFiles): Routes {
  const answer = (ctx: Context) => {
    ctx.set("Content-Security-Policy", POLICY);
    if (!ctx.path.startsWith(ASSETS)) {
      ctx.set("Cache-Control", "no-cache");
      return page.send(ctx);
    }
    const asset = assets.get(ctx.path.slice(ASSETS.length));
    if (asset === undefined) throw new NotFoundError();
    ctx.set("Cache-Control", FOR_GOOD);
    return asset.send(ctx);
  };
  return new Routes().get(DRIVE_PATH, anyone, answer).get(`${DRIVE_PATH}{/*path}`, anyone, answer);
}

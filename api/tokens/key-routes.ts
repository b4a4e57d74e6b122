import type { SigningKeys } from "../../common/credentials/signing-keys.js";
import { anyone } from "../http/allow.js";
import { Routes } from "../http/route.js";

/** RFC 7517 §5: what other services verify access tokens with. A new secret is put second first, so caches have time. */
const CACHE_SECONDS = 300;

/** `GET /.well-known/jwks.json` */
export function keyRoutes({ keys }: { readonly keys: SigningKeys }): Routes {
  return new Routes().get("/.well-known/jwks.json", anyone, (ctx) => {
    ctx.set("Cache-Control", `public, max-age=${CACHE_SECONDS}`);
    ctx.body = { keys: keys.publicJwks };
  });
}

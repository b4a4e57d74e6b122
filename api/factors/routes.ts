import type { Routes } from "../http/route.js";
import { type AdminFactorDeps, adminFactorRoutes } from "./admin-routes.js";
import { type PasskeyDeps, passkeyRoutes } from "./passkey-routes.js";
import { type PasskeySignInDeps, passkeySignInRoutes } from "./sign-in-routes.js";
import { type TotpDeps, totpRoutes } from "./totp-routes.js";

type Deps = AdminFactorDeps & PasskeyDeps & PasskeySignInDeps & TotpDeps;

/** What an account has beside its password, and signing in with it. */
export function factorRoutes(deps: Deps): Routes[] {
  return [
    totpRoutes(deps),
    passkeyRoutes(deps),
    passkeySignInRoutes(deps),
    adminFactorRoutes(deps),
  ];
}

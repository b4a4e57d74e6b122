import type { WebProduct } from "../common/product.js";
import { deletionRoutes } from "./accounts/deletion-routes.js";
import { profileRoutes } from "./accounts/profile-routes.js";
import { accountRoutes } from "./accounts/routes.js";
import { adminRoutes } from "./admin/routes.js";
import { auditRoutes } from "./audit/routes.js";
import { apiKeyRoutes } from "./api-keys/routes.js";
import { emailVerificationRoutes } from "./email-verification/routes.js";
import { exportRoutes } from "./export/routes.js";
import { factorRoutes } from "./factors/routes.js";
import type { Routes } from "./http/route.js";
import type { AssetBundle } from "./pages/assets.js";
import { passwordResetRoutes } from "./password-resets/routes.js";
import { oidcLinkRoutes } from "./oidc/link-routes.js";
import { oidcSecondFactorRoutes } from "./oidc/second-factor-routes.js";
import { oidcSignInRoutes } from "./oidc/sign-in-routes.js";
import type { CookieSessions } from "./sessions/cookie-sessions.js";
import { sessionRoutes } from "./sessions/routes.js";
import { tokenRoutes } from "./tokens/routes.js";

interface Parts {
  readonly product: Omit<WebProduct, "close" | "storeMetrics">;
  readonly sessions: CookieSessions;
  /** Of a plain page. */
  readonly assets: AssetBundle;
}

/** Who may come in, with what, and what admins do about that. */
export function identityRoutes({ product, sessions, assets }: Parts): Routes[] {
  const parts = { ...product, sessions };
  return [
    accountRoutes(parts),
    profileRoutes(parts),
    emailVerificationRoutes(product),
    deletionRoutes(parts),
    sessionRoutes(parts),
    tokenRoutes(product),
    apiKeyRoutes(product),
    oidcSignInRoutes(parts),
    oidcSecondFactorRoutes({ ...parts, assets }),
    oidcLinkRoutes(parts),
    ...adminRoutes(product),
    passwordResetRoutes(product),
    ...factorRoutes({ ...product, sessions }),
    auditRoutes(product),
    exportRoutes(product),
  ];
}

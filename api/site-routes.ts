import type { Readiness } from "../common/platform/readiness.js";
import type { WebProduct } from "../common/product.js";
import { boardRoutes } from "./admin/board-routes.js";
import { docsRoutes } from "./docs/routes.js";
import { loadAppFiles } from "./drive/app-files.js";
import { driveRoutes } from "./drive/routes.js";
import { verificationPageRoutes } from "./email-verification/routes.js";
import { healthRoutes } from "./health/routes.js";
import { linkDoorRoutes } from "./link-door/routes.js";
import type { Routes } from "./http/route.js";
import { metricsRoutes } from "./metrics/routes.js";
import { problemPageRoutes } from "./pages/problem-pages.js";
import { type PageAssets, pageRoutes } from "./pages/routes.js";
import { resetPageRoutes } from "./password-resets/page.js";
import type { CookieSessions } from "./sessions/cookie-sessions.js";
import { setupRoutes } from "./setup/routes.js";
import { keyRoutes } from "./tokens/key-routes.js";

export interface SiteParts {
  readonly product: Omit<WebProduct, "close" | "storeMetrics">;
  readonly sessions: CookieSessions;
  readonly assets: PageAssets;
  readonly readiness: Readiness;
  readonly readMetrics: () => Promise<string>;
  readonly metricsToken: string | undefined;
  /** `ADMIN_USERNAME` */
  readonly adminUsername: string | undefined;
}

/** Pages, documents and probes: all that is not below the API's prefix. */
export function siteRoutes(parts: SiteParts): Routes[] {
  const { product, sessions, readiness, readMetrics, metricsToken, adminUsername } = parts;
  const { plain, docs } = parts.assets;
  return [
    healthRoutes({ ...product, readiness }),
    metricsRoutes({ readMetrics, token: metricsToken }),
    docsRoutes({ assets: docs }),
    driveRoutes(loadAppFiles()),
    boardRoutes({ queues: product.bullQueues }),
    keyRoutes({ keys: product.signingKeys }),
    pageRoutes({ assets: parts.assets }),
    problemPageRoutes({ assets: plain }),
    setupRoutes({ ...product, sessions, assets: plain, adminUsername }),
    resetPageRoutes({ ...product, assets: plain }),
    verificationPageRoutes({ ...product, assets: plain }),
    ...linkDoorRoutes({ ...product, assets: parts.assets.links }),
  ];
}

import type { Readiness } from "../common/platform/readiness.js";
import type { WebProduct } from "../common/product.js";
import { accountRoutes } from "./accounts/routes.js";
import { docsRoutes } from "./docs/routes.js";
import { fileRoutes } from "./files/routes.js";
import { folderRoutes } from "./folders/routes.js";
import { healthRoutes } from "./health/routes.js";
import { API_PREFIXES, type Mount, type Routes } from "./http/route.js";
import { metricsRoutes } from "./metrics/routes.js";
import { type PageAssets, pageRoutes } from "./pages/routes.js";
import type { CookieSessions } from "./sessions/cookie-sessions.js";
import { sessionRoutes } from "./sessions/routes.js";
import { formRoutes } from "./uploads/form.js";
import type { UploadLimits } from "./uploads/limits.js";
import { putRoutes } from "./uploads/put.js";
import { tusRoutes } from "./uploads/tus/routes.js";

interface Parts {
  readonly product: Omit<WebProduct, "close" | "storeMetrics">;
  readonly sessions: CookieSessions;
  readonly limits: UploadLimits;
  readonly assets: PageAssets;
  readonly readiness: Readiness;
  readonly readMetrics: () => Promise<string>;
  readonly metricsToken: string | undefined;
}

/** All routes, and the paths below which they are served. */
export function allRoutes({
  readiness,
  readMetrics,
  metricsToken,
  assets,
  ...parts
}: Parts): Mount[] {
  const site = [
    healthRoutes({ readiness }),
    metricsRoutes({ readMetrics, token: metricsToken }),
    docsRoutes({ assets: assets.docs }),
    pageRoutes({ assets }),
  ];
  return [
    ...site.map((routes) => ({ prefixes: [""], routes })),
    ...apiRoutes(parts).map((routes) => ({ prefixes: API_PREFIXES, routes })),
  ];
}

function apiRoutes({
  product,
  sessions,
  limits,
}: Pick<Parts, "product" | "sessions" | "limits">): Routes[] {
  const { access, accounts, files, folders, uploadRequests, resumableUploads, concatenation } =
    product;
  return [
    accountRoutes({ accounts, sessions }),
    sessionRoutes({ accounts, sessions }),
    formRoutes({ access, requests: uploadRequests, limits }),
    putRoutes({ access, requests: uploadRequests, limits }),
    tusRoutes({ access, uploads: resumableUploads, concatenation, limits }),
    fileRoutes({ access, files }),
    folderRoutes({ access, folders }),
  ];
}

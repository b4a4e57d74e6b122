import type { WebProduct } from "../common/product.js";
import { byPathRoutes } from "./by-path/routes.js";
import { archiveRoutes } from "./archives/routes.js";
import { batchRoutes } from "./batch/routes.js";
import { eventRoutes } from "./event-routes.js";
import { filingRoutes } from "./filing-routes.js";
import { API_PREFIXES, type Mount, type Routes } from "./http/route.js";
import { identityRoutes } from "./identity-routes.js";
import { dropRoutes } from "./link-door/upload-routes.js";
import { jobRoutes } from "./jobs/routes.js";
import type { UploadLimits } from "./uploads/limits.js";
import { uploadRoutes } from "./uploads/routes.js";
import { grantRoutes } from "./upload-grants/routes.js";
import { openUrlRoutes } from "./urls/public-routes.js";
import { urlRoutes } from "./urls/routes.js";
import { usageRoutes } from "./usage/routes.js";
import { type SiteParts, siteRoutes } from "./site-routes.js";

interface Parts extends SiteParts {
  readonly product: Omit<WebProduct, "close" | "storeMetrics">;
  readonly limits: UploadLimits;
  readonly trashRetentionMs: number;
}

/** All routes, and the paths below which they are served. */
export function allRoutes(parts: Parts): Mount[] {
  const receiving = { ...parts.product, ...receivingOf(parts) };
  const { resumableUploads: uploads } = parts.product;
  const drops = dropRoutes({ ...receiving, uploads, assets: parts.assets.links });
  return [
    ...[...siteRoutes(parts), ...drops, openUrlRoutes(receiving)].map((routes) => ({
      prefixes: [""],
      routes,
    })),
    ...apiRoutes(parts).map((routes) => ({ prefixes: API_PREFIXES, routes })),
  ];
}

function apiRoutes(parts: Parts): Routes[] {
  const { product, sessions, assets, trashRetentionMs } = parts;
  const { access, audit, files, filePipelines, removal, archives, watchedJobs } = product;
  const { resumableUploads, concatenation } = product;
  const receiving = receivingOf(parts);
  return [
    ...identityRoutes({ product, sessions, assets: assets.plain }),
    ...uploadRoutes({ ...receiving, uploads: resumableUploads, concatenation }),
    ...byPathRoutes({ ...receiving, files, filePipelines, removal, audit }),
    ...filingRoutes({ product, trashRetentionMs }),
    jobRoutes({ access, watchedJobs }),
    ...eventRoutes(product),
    archiveRoutes({ access, archives }),
    batchRoutes(product),
    usageRoutes({ usages: product.usages }),
    urlRoutes(product),
    grantRoutes(product),
  ];
}

/** What all doors for content need. */
function receivingOf({ product, limits }: Pick<Parts, "product" | "limits">) {
  const { access, folderPaths, uploadRequests: requests } = product;
  return { access, folderPaths, requests, limits };
}

import type { WebProduct } from "../common/product.js";
import { fileChangeRoutes } from "./files/change-routes.js";
import { fileRoutes } from "./files/routes.js";
import { previewRoutes } from "./files/preview-routes.js";
import { pipelineRoutes } from "./files/pipeline-routes.js";
import { textRoutes } from "./files/text-routes.js";
import { versionRoutes } from "./files/version-routes.js";
import { folderChangeRoutes } from "./folders/change-routes.js";
import { folderCopyRoute } from "./folders/copy-route.js";
import { folderRoutes } from "./folders/routes.js";
import type { Routes } from "./http/route.js";
import { linkRoutes } from "./links/routes.js";
import { mountRoutes } from "./mounts/routes.js";
import { searchRoutes } from "./search/routes.js";
import { groupRoutes } from "./shares/group-routes.js";
import { shareRoutes } from "./shares/routes.js";
import { trashRoutes } from "./trash/routes.js";

interface Deps {
  readonly product: Omit<WebProduct, "close" | "storeMetrics">;
  readonly trashRetentionMs: number;
}

/** What people do with files and folders that are there, by their ids. */
export function filingRoutes({ product, trashRetentionMs: retentionMs }: Deps): Routes[] {
  return [
    fileRoutes(product),
    fileChangeRoutes(product),
    versionRoutes(product),
    pipelineRoutes(product),
    previewRoutes(product),
    textRoutes(product),
    folderRoutes(product),
    folderChangeRoutes(product),
    folderCopyRoute(product),
    searchRoutes(product),
    mountRoutes(product),
    linkRoutes(product),
    shareRoutes(product),
    ...groupRoutes(product),
    trashRoutes({ ...product, retentionMs }),
  ];
}

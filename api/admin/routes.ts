import type { WebProduct } from "../../common/product.js";
import type { Routes } from "../http/route.js";
import { adminAccountRoutes } from "./account-routes.js";
import { adminDeletionRoutes } from "./deletion-routes.js";
import { adminFsckRoutes } from "./fsck-routes.js";
import { invitationRoutes } from "./invitation-routes.js";
import { adminJobRoutes } from "./job-routes.js";
import { adminQueueRoutes } from "./queue-routes.js";
import { adminQuarantineRoutes } from "./quarantine-routes.js";
import { adminUploadRoutes } from "./upload-routes.js";
import { installationWebhookRoutes } from "../webhooks/admin-routes.js";

/** What admins do: with accounts, invitations, uploads, jobs, queues content in quarantine and webhooks of the installation, and with what is stored. */
export function adminRoutes(product: Omit<WebProduct, "close" | "storeMetrics">): Routes[] {
  return [
    adminAccountRoutes(product),
    adminDeletionRoutes(product),
    invitationRoutes(product),
    adminUploadRoutes(product),
    adminJobRoutes(product),
    adminQueueRoutes(product),
    adminFsckRoutes(product),
    adminQuarantineRoutes(product),
    ...installationWebhookRoutes(product),
  ];
}

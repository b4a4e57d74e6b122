import { eventRoutes as logRoutes } from "./events/routes.js";
import type { Routes } from "./http/route.js";
import { webhookRoutes } from "./webhooks/routes.js";

type Parts = Parameters<typeof logRoutes>[0] & Parameters<typeof webhookRoutes>[0];

/** Reading what happens in an account, and having it sent. */
export const eventRoutes = (parts: Parts): Routes[] => [logRoutes(parts), ...webhookRoutes(parts)];

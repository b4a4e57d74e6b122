import type { Routes } from "../http/route.js";
import { readByPathRoutes } from "./read-routes.js";
import { writeByPathRoutes } from "./write-routes.js";

/** Files and folders by their paths instead of their ids. */
export const byPathRoutes = (
  deps: Parameters<typeof readByPathRoutes>[0] & Parameters<typeof writeByPathRoutes>[0],
): Routes[] => [readByPathRoutes(deps), writeByPathRoutes(deps)];

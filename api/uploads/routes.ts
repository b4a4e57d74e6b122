import type { Routes } from "../http/route.js";
import type { UploadDeps } from "./answer.js";
import { formRoutes } from "./form.js";
import { putRoutes } from "./put.js";
import type { TusDeps } from "./tus/creation.js";
import { tusRoutes } from "./tus/routes.js";

/** The doors for content. */
export const uploadRoutes = (deps: UploadDeps & TusDeps): Routes[] => [
  formRoutes(deps),
  putRoutes(deps),
  tusRoutes(deps),
];

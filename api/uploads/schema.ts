import { object, string } from "yup";
import type { OnConflict } from "../../common/uploads/upload.js";

const onConflict = string()
  .oneOf(
    ["version", "rename", "fail"] as const satisfies OnConflict[],
    "${path} must be one of ${values}",
  )
  .default("version" as const);

export const uploadForm = { query: object({ onConflict }) };

/** The name itself is checked where names are: `common/files/name.ts`. */
export const uploadRaw = {
  query: object({ onConflict, name: string().defined("${path} is required") }),
};

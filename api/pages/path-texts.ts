import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of paths. */
export const PATH_TEXTS = {
  "is-folder": {
    meaning: "The path is that of a folder, which has no content to send.",
    remedy: "Add ?metadata to the URL, or list what is in the folder: links.children says where.",
  },
  "parent-missing": {
    meaning: "A folder of the path does not exist; path says which.",
    remedy: "Make it, or send the request again with parents=true.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

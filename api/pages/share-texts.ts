import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of what accounts share with each other. */
export const SHARE_TEXTS = {
  "insufficient-role": {
    meaning:
      "Another account has shared this file or folder with you, in a role that does not allow what was asked for.",
    remedy: "Ask its owner for the role editor or manager.",
  },
  "other-owner": {
    meaning: "What would be moved belongs to another account than the folder that it would go to.",
    remedy: "Copy it there, and delete the original if you may.",
  },
  "top-of-share": {
    meaning:
      "Another account has shared this very file or folder with you. Its name and its place belong to a folder that you do not see.",
    remedy:
      "Ask its owner to rename, move or delete it. If you do not want it any more, give the share up.",
  },
  "too-many-shares": {
    meaning:
      "There are as many shares, groups or members as are allowed; the answer says how many.",
    remedy: "End shares that are not needed any more, or share with a group.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

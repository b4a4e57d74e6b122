import type { ErrorCode } from "../../common/platform/errors.js";
import type { ProblemText } from "./problem-text.js";

/** The texts of links to files and folders. */
export const LINK_TEXTS = {
  "content-not-ready": {
    meaning:
      "The file was uploaded a moment ago, and the server looks into it before a link shows it to anybody.",
    remedy: "Wait as many seconds as Retry-After says, and send the request again.",
  },
  "link-password-required": {
    meaning: "The link has a password, and the request has none, or a wrong one.",
    remedy:
      "Give the password on the page of the link, or send it as X-Link-Password. Ask the person who sent you the link for it.",
  },
  "link-view-only": {
    meaning:
      "The link is for looking at pictures and text in a browser. Other files, archives and downloads are not given out by it.",
    remedy: "Ask the person who sent you the link for one that allows downloads.",
  },
  "too-many-links": {
    meaning:
      "The account has as many links as an account may have; the answer says how many. Links that have expired or were revoked do not count.",
    remedy: "Revoke a link that nobody uses: the list says when each was used last.",
  },
} as const satisfies Partial<Record<ErrorCode, ProblemText>>;

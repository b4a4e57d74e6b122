import type { UrlLinkDoc } from "../../common/links/link.js";
import type { GuestContext } from "../http/allow.js";
import type { CheckedRequest } from "../http/expects.js";
import type { oneUrl } from "./schema.js";

/** What a handler behind an expiring URL is given. */
export type UrlContext = GuestContext<{
  request: CheckedRequest<typeof oneUrl>;
  link: UrlLinkDoc;
}>;

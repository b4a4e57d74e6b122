import { noLink } from "../../common/links/entrance.js";
import type { ExpiringUrls } from "../../common/links/expiring-urls.js";
import type { UrlLinkDoc } from "../../common/links/link.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { anyone, limited } from "../http/allow.js";
import { markByLink } from "../http/by-link.js";
import { MethodNotAllowedError } from "../http/errors.js";
import { expects } from "../http/expects.js";
import { Routes, type Step } from "../http/route.js";
import type { UrlContext } from "./context.js";
import { type DownloadDeps, sendByUrl } from "./download.js";
import { oneUrl } from "./schema.js";
import { storeByUrl, type UploadByUrlDeps } from "./upload.js";

interface Deps extends DownloadDeps, UploadByUrlDeps {
  readonly expiringUrls: Pick<ExpiringUrls, "enter" | "stay">;
}

const URL_PATH = "/u/:token/:name";

/** Expiring URLs, for people and programs that have one. */
export function openUrlRoutes(deps: Deps): Routes {
  const byUrl = entersByUrl(deps);
  return new Routes()
    .get(URL_PATH, anyone, expects(oneUrl), byUrl, (ctx) => sendByUrl(ctx, deps))
    .put(URL_PATH, limited("upload"), expects(oneUrl), byUrl, (ctx) => storeByUrl(ctx, deps));
}

/**
 * Accepts the token of a URL, for the method that it was made for. Only the rate limits of the address count: those of the link would tell that there is one.
 *
 * @throws NotFoundError The same for every URL that opens nothing, and where there is nothing behind it any more.
 * @throws MethodNotAllowedError for another method than that of the URL.
 */
function entersByUrl({ expiringUrls }: Pick<Deps, "expiringUrls">) {
  const step: Step<Pick<UrlContext["state"], "actor" | "link" | "request">> = async (ctx, next) => {
    markByLink(ctx);
    const { link, actor } = await expiringUrls.enter(ctx.state.request.params.token);
    ctx.state.actor = actor;
    ctx.state.link = link;
    ctx.state.linkId = link._id;
    const methods = METHODS[link.method];
    if (!methods.includes(ctx.method)) throw new MethodNotAllowedError(methods);
    try {
      await next();
    } catch (error) {
      throw error instanceof NotFoundError ? noLink() : error;
    }
    markByLink(ctx);
  };
  return step;
}

const METHODS: Readonly<Record<UrlLinkDoc["method"], readonly string[]>> = {
  GET: ["GET", "HEAD"],
  PUT: ["PUT"],
};

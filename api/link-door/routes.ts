import { isOfFile } from "../../common/access/grants.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { prefersHtml } from "../pages/html.js";
import { type ArchiveDeps, archiveRoutes } from "./archive-routes.js";
import { type ContentDeps, contentRoutes } from "./content-routes.js";
import { keepUnlock, linkPath } from "./cookies.js";
import { enters, guesserOf } from "./enters.js";
import { isReadable } from "./find-below.js";
import { sendFolder } from "./folder.js";
import { type LinkPreviewDeps, linkPreviewRoutes } from "./preview-routes.js";
import { sendLinkPage } from "./page.js";
import { presentEntryOf, presentLink } from "./present.js";
import { linkUnlock } from "./schema.js";

/** How the page of a folder is sorted. */
const ON_PAGES = { limit: 100, sort: "name", foldersFirst: true } as const;

/** The pages and requests of people who have a share link. They need no account. */
export const linkDoorRoutes = (deps: ContentDeps & ArchiveDeps & LinkPreviewDeps): Routes[] => [
  pageRoutes(deps),
  contentRoutes(deps),
  linkPreviewRoutes(deps),
  archiveRoutes(deps),
];

function pageRoutes(deps: ContentDeps): Routes {
  return new Routes()
    .get("/s/:token", enters(deps, null), async (ctx) => {
      const { entered } = ctx.state;
      const { root } = entered;
      ctx.vary("Accept");
      if (!prefersHtml(ctx)) ctx.body = presentLink(entered);
      else if (!isReadable(root)) {
        sendLinkPage(ctx, deps.assets, { entered, entry: null, takesFiles: true });
      } else if (isOfFile(root)) {
        const entry = presentEntryOf(entered, root.entry, "");
        sendLinkPage(ctx, deps.assets, { entered, entry });
      } else await sendFolder(ctx, deps, { entered, folder: root, query: ON_PAGES });
    })
    .post(
      "/s/:token/unlock",
      enters(deps, null, { cost: "sign-in", isUnlocking: true }),
      expects(linkUnlock),
      async (ctx) => {
        const { entered, request, sentForm } = ctx.state;
        const { link, token } = entered;
        const { password } = request.body;
        const unlock = await deps.linkUnlocks.unlock(link, password, guesserOf(ctx));
        keepUnlock(ctx, token, unlock);
        ctx.status = 204;
        if (sentForm === undefined) return;
        ctx.status = 303;
        ctx.set("Location", linkPath(token));
      },
    );
}

import type { Access } from "../../common/access/service.js";
import type { FileSearch } from "../../common/search/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { entryPresenter } from "../mounts/present.js";
import { readInstants, searchFiles } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly search: FileSearch;
}

/** Finding files and folders by what is known of them. */
export function searchRoutes({ access, search }: Deps): Routes {
  return new Routes().get(
    "/search",
    allow("files:read", { cost: "search" }),
    expects(searchFiles),
    async (ctx) => {
      const { folderId, ...asked } = ctx.state.request.query;
      const folder = await access.folder(ctx.state.actor, folderId, "read");
      const page = await search.find(folder, { ...asked, ...readInstants(asked) });
      const found = page.items.map(({ entry }) => entry);
      const present = await entryPresenter(ctx, access, found);
      sendPage(ctx, { ...page, limit: asked.limit }, ({ entry, folderPath }) =>
        present(entry, `${folderPath}/${entry.name}`),
      );
    },
  );
}

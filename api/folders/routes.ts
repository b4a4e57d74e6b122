import type { Access } from "../../common/access/service.js";
import type { Folders } from "../../common/folders/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { presentEntry, presentFolder } from "./present.js";
import { listChildren, newFolder, oneFolder } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly folders: Folders;
}

/** Making folders, and listing what is in them. */
export function folderRoutes({ access, folders }: Deps): Routes {
  return new Routes()
    .post("/folders", allow("files:write"), expects(newFolder), async (ctx) => {
      const { name, parentId = "root" } = ctx.state.request.body;
      const place = await access.place(ctx.state.actor, parentId);
      const folder = presentFolder(await folders.create(place, name), apiBase(ctx));
      ctx.status = 201;
      ctx.set("Location", folder.links.metadata);
      ctx.body = folder;
    })
    .get("/folders/:id", allow("files:read"), expects(oneFolder), async (ctx) => {
      const { id } = ctx.state.request.params;
      const { entry } = await access.folder(ctx.state.actor, id, "read");
      ctx.body = presentFolder(entry, apiBase(ctx));
    })
    .get("/folders/:id/children", allow("files:read"), expects(listChildren), async (ctx) => {
      const { params, query } = ctx.state.request;
      const folder = await access.folder(ctx.state.actor, params.id, "read");
      const page = await folders.children(folder, query);
      sendPage(ctx, { ...page, limit: query.limit }, (entry) => presentEntry(entry, apiBase(ctx)));
    });
}

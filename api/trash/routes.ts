import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { Trash } from "../../common/trash/service.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { entryPresenter } from "../mounts/present.js";
import { presentItem } from "./present.js";
import { listTrash, noParameters, oneItem, restoreItem } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly trash: Trash;
  readonly audit: AuditLog;
  readonly retentionMs: number;
}

/** Listing, restoring and removing what was deleted. */
export function trashRoutes(deps: Deps): Routes {
  const { access, trash, audit } = deps;
  return restoringRoutes(deps)
    .delete(
      "/trash/:id",
      allow("files:delete"),
      audits(audit, "trash.delete"),
      expects(oneItem),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        const item = await trash.find(ctx.state.actor, id);
        ctx.state.audit.target = { kind: item.kind, id };
        await trash.remove(await access.trashed(ctx.state.actor, item, "delete"));
        ctx.status = 204;
      },
    )
    .delete(
      "/trash",
      allow("files:delete"),
      audits(audit, "trash.empty"),
      expects(noParameters),
      async (ctx) => {
        await access.folder(ctx.state.actor, ctx.state.actor.home.rootFolderId, "delete");
        await trash.empty(ctx.state.actor);
        ctx.status = 204;
      },
    );
}

function restoringRoutes({ access, trash, retentionMs }: Deps): Routes {
  return new Routes()
    .get("/trash", allow("files:read", { cost: "search" }), expects(listTrash), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await trash.list(ctx.state.actor, query);
      sendPage(ctx, { ...page, limit: query.limit }, (item) =>
        presentItem(item, apiBase(ctx), retentionMs),
      );
    })
    .post("/trash/:id/restore", allow("files:write"), expects(restoreItem), async (ctx) => {
      const { actor, request } = ctx.state;
      const item = await trash.find(actor, request.params.id);
      const granted = await access.trashed(actor, item, "write");
      const { entry, path } = await trash.restore(actor, granted, request.body.folderId);
      const present = await entryPresenter(ctx, access, [entry]);
      ctx.body = present(entry, path);
    });
}

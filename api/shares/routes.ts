import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { Shares } from "../../common/sharing/shares.js";
import { presentEntry } from "../folders/present.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { presentShare } from "./present.js";
import { changedShare, listGiven, listShares, newShare, oneShare } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly shares: Shares;
  readonly audit: AuditLog;
}

/** What accounts share with each other. */
export function shareRoutes(deps: Deps): Routes {
  const { shares, audit } = deps;
  return listingRoutes(deps)
    .patch(
      "/shares/:id",
      allow("links:write"),
      audits(audit, "share.change"),
      expects(changedShare),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        ctx.state.audit.target = { kind: "share", id: params.id };
        const { before, after } = await shares.change(ctx.state.actor, params.id, body.role);
        ctx.state.audit.changes = { role: [before.role, after.share.role] };
        ctx.body = presentShare(after, apiBase(ctx));
      },
    )
    .delete(
      "/shares/:id",
      allow("files:read"),
      audits(audit, "share.end"),
      expects(oneShare),
      async (ctx) => {
        const { id } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "share", id };
        await shares.end(ctx.state.actor, id);
        ctx.status = 204;
      },
    );
}

function listingRoutes({ access, shares, audit }: Deps): Routes {
  return new Routes()
    .post(
      "/shares",
      allow("links:write"),
      audits(audit, "share.give"),
      expects(newShare),
      async (ctx) => {
        const { actor, request } = ctx.state;
        const { entryId, role, ...grantee } = request.body;
        const granted = await access.entry(actor, entryId, "share");
        const { isNew, ...named } = await shares.give(granted, grantee, role);
        ctx.state.audit.target = { kind: "share", id: named.share._id };
        ctx.status = isNew ? 201 : 200;
        ctx.body = presentShare(named, apiBase(ctx));
      },
    )
    .get("/shares", allow("links:write"), expects(listShares), async (ctx) => {
      const { actor, request } = ctx.state;
      const { entryId, ...query } = request.query;
      const page =
        entryId === undefined
          ? await shares.listOwn(actor, query)
          : await shares.listOfEntry(await access.entry(actor, entryId, "share"), query);
      sendPage(ctx, { ...page, limit: query.limit }, (named) => presentShare(named, apiBase(ctx)));
    })
    .get("/shared", allow("files:read"), expects(listGiven), async (ctx) => {
      const { actor, request } = ctx.state;
      const page = await shares.listGiven(actor, request.query);
      sendPage(ctx, { ...page, limit: request.query.limit }, ({ granted, ...named }) => ({
        share: presentShare(named, apiBase(ctx)),
        entry: presentEntry(granted.entry, apiBase(ctx), granted.path),
      }));
    });
}

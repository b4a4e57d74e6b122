import type { InferType } from "yup";
import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { GrantLinkDoc } from "../../common/links/link.js";
import type { Links } from "../../common/links/service.js";
import type { LinkTokens } from "../../common/links/tokens.js";
import type { LinkUsesRepository } from "../../common/links/uses-repository.js";
import { allow, allowGuests } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { changesOf } from "../links/audited.js";
import { presentGrant, presentGrantFile } from "./present.js";
import { findStanding } from "./standing.js";
import { listGrantFiles, newGrant } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly ownLinks: Links;
  readonly linkTokens: LinkTokens;
  readonly linkUses: Pick<LinkUsesRepository, "page">;
  readonly audit: AuditLog;
}

/** Making upload grants, and listing what was uploaded by one. */
export function grantRoutes({ access, ownLinks, linkTokens, linkUses, audit }: Deps): Routes {
  return new Routes()
    .post(
      "/upload-grants",
      allow("links:write"),
      audits(audit, "link.create"),
      expects(newGrant),
      async (ctx) => {
        const { actor, request } = ctx.state;
        const granted = await access.folder(actor, request.body.folderId, "share");
        const { link } = await ownLinks.add<GrantLinkDoc>(actor, granted, termsOf(request.body));
        ctx.state.audit.target = { kind: "link", id: link._id };
        ctx.state.audit.changes = changesOf(undefined, link);
        ctx.status = 201;
        ctx.set("Location", `${apiBase(ctx)}/links/${link._id}`);
        ctx.body = presentGrant(link, linkTokens.make(link._id));
      },
    )
    .get(
      "/upload-grants/current/files",
      allowGuests("files:write", { by: ["link"] }),
      expects(listGrantFiles),
      async (ctx) => {
        const { actor, request } = ctx.state;
        const log = { ownerId: actor.home.ownerId, linkId: actor.id };
        const page = await linkUses.page(log, request.query);
        const items = await findStanding(access, actor, page.items);
        sendPage(ctx, { ...page, items, limit: request.query.limit }, presentGrantFile);
      },
    );
}

type Body = InferType<(typeof newGrant)["body"]>;

function termsOf({ label = null, expiresAt = null, folderId: _folderId, ...limits }: Body) {
  const { maxFileBytes = null, maxBytes = null, maxFiles = null } = limits;
  const { types = null, namePattern = null } = limits;
  const used = { usedFiles: 0, usedBytes: 0, openUploads: [] };
  const at = expiresAt === null ? null : new Date(expiresAt);
  const own = { maxFileBytes, maxBytes, maxFiles, types, namePattern };
  return { kind: "grant", label, expiresAt: at, ...own, ...used } as const;
}

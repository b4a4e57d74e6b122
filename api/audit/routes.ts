import { ownView } from "../../common/access/audit-view.js";
import type { AuditListing } from "../../common/audit/listing.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { Routes } from "../http/route.js";
import { presentEvent } from "./present.js";
import { listEvents, listOwnEvents } from "./schema.js";

interface Deps {
  readonly auditListing: AuditListing;
}

/** Reading the audit log: admins all of it, and each account its own. */
export function auditRoutes({ auditListing }: Deps): Routes {
  return new Routes()
    .get("/admin/audit", allow("admin"), expects(listEvents), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await auditListing.list({ ...query, ...between(query) });
      sendPage(ctx, { ...page, limit: query.limit }, presentEvent);
    })
    .get("/me/audit", allow("account:read"), expects(listOwnEvents), async (ctx) => {
      const { actor, request } = ctx.state;
      const { query } = request;
      const page = await auditListing.list({ ...query, ...between(query), accountId: actor.id });
      sendPage(ctx, { ...page, limit: query.limit }, (event) =>
        presentEvent(ownView(actor, event)),
      );
    });
}

const between = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => ({
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
});

import type { AuditLog } from "../../common/audit/log.js";
import type { Groups } from "../../common/sharing/groups.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import { presentGroup } from "./present.js";
import { newGroup, newMember, oneGroup, oneMember } from "./schema.js";

interface Deps {
  readonly groups: Groups;
  readonly audit: AuditLog;
}

/** Groups of accounts, which are given shares as one. */
export function groupRoutes(deps: Deps): Routes[] {
  return [readingRoutes(deps), changingRoutes(deps), memberRoutes(deps)];
}

function readingRoutes({ groups }: Deps): Routes {
  return new Routes()
    .get("/groups", allow("account:read"), expects({}), async (ctx) => {
      const items = await groups.list(ctx.state.actor.id);
      ctx.body = { items: items.map((group) => presentGroup(group, apiBase(ctx))) };
    })
    .get("/groups/:id", allow("account:read"), expects(oneGroup), async (ctx) => {
      const group = await groups.find(ctx.state.actor.id, ctx.state.request.params.id);
      ctx.body = presentGroup(group, apiBase(ctx));
    });
}

function changingRoutes({ groups, audit }: Deps): Routes {
  const write = allow("links:write");
  return new Routes()
    .post("/groups", write, audits(audit, "group.create"), expects(newGroup), async (ctx) => {
      const named = await groups.create(ctx.state.actor.id, ctx.state.request.body.name);
      ctx.state.audit.target = { kind: "group", id: named.group._id };
      const group = presentGroup(named, apiBase(ctx));
      ctx.status = 201;
      ctx.set("Location", group.links.group);
      ctx.body = group;
    })
    .delete("/groups/:id", write, audits(audit, "group.delete"), expects(oneGroup), async (ctx) => {
      const { id } = ctx.state.request.params;
      ctx.state.audit.target = { kind: "group", id };
      await groups.remove(ctx.state.actor.id, id);
      ctx.status = 204;
    });
}

function memberRoutes({ groups, audit }: Deps): Routes {
  return new Routes()
    .post(
      "/groups/:id/members",
      allow("links:write"),
      audits(audit, "group.change"),
      expects(newMember),
      async (ctx) => {
        const { params, body } = ctx.state.request;
        ctx.state.audit.target = { kind: "group", id: params.id };
        const named = await groups.addMember(ctx.state.actor.id, params.id, body.username);
        ctx.body = presentGroup(named, apiBase(ctx));
      },
    )
    .delete(
      "/groups/:id/members/:memberId",
      allow("account:write"),
      audits(audit, "group.change"),
      expects(oneMember),
      async (ctx) => {
        const { id, memberId } = ctx.state.request.params;
        ctx.state.audit.target = { kind: "group", id };
        await groups.removeMember(ctx.state.actor.id, id, memberId);
        ctx.status = 204;
      },
    );
}

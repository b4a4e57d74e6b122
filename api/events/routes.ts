import { eventOwner } from "../../common/access/actor.js";
import type { Changes } from "../../common/events/changes.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { presentChange } from "./present.js";
import { listChanges } from "./schema.js";

interface Deps {
  readonly changeLog: Changes;
}

/** Reading what has happened in an account. */
export function eventRoutes({ changeLog }: Deps): Routes {
  return new Routes().get(
    "/changes",
    allow("files:read", { cost: "search" }),
    expects(listChanges),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const ownerId = eventOwner(actor);
      const { since, limit } = request.query;
      if (since === undefined) {
        ctx.body = { items: [], nextSince: await changeLog.now(ownerId), hasMore: false };
        return;
      }
      const page = await changeLog.read(ownerId, { since, limit });
      ctx.body = { ...page, items: page.items.map(presentChange) };
    },
  );
}

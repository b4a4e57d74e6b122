import type { AccountActor } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import type { AuditLog } from "../../common/audit/log.js";
import type { LinkPasswords } from "../../common/links/passwords.js";
import type { LinkPolicy } from "../../common/links/policy.js";
import { type Links, MAX_LINKS } from "../../common/links/service.js";
import type { LinkUrls } from "../../common/links/urls.js";
import type { Id } from "../../common/platform/ids.js";
import { allow } from "../http/allow.js";
import { audits } from "../http/audits.js";
import { expects } from "../http/expects.js";
import { goneSignal } from "../http/gone-client.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { changesOf } from "./audited.js";
import { presentLink, presentLinkRules, presentLinkUse } from "./present.js";
import { readChanges, readTerms } from "./read-terms.js";
import { changedLink, linkLog, linksOfKind, listLinks, newLink, oneLink } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly ownLinks: Links;
  readonly linkPasswords: LinkPasswords;
  readonly linkPolicy: LinkPolicy;
  readonly linkUrls: LinkUrls;
  readonly audit: AuditLog;
}

const write = allow("links:write");

/** What owners do with their links of all kinds, and making share links. A list shows tokens, so all of it needs `links:write`. */
export function linkRoutes(deps: Deps): Routes {
  const { ownLinks: links, linkUrls: urls, linkPasswords, audit } = deps;
  return readingRoutes(deps)
    .patch("/links/:id", write, audits(audit, "link.change"), expects(changedLink), async (ctx) => {
      const { actor, request } = ctx.state;
      const { id } = request.params;
      ctx.state.audit.target = { kind: "link", id };
      // Before the costly password.
      await links.find(actor, id);
      const changes = await readChanges(request.body, linkPasswords, goneSignal(ctx.res));
      const { before, after } = await links.change(actor, id, changes);
      ctx.state.audit.changes = changesOf(before, after.link);
      ctx.body = presentLink(after, { base: apiBase(ctx), urls });
    })
    .delete("/links", write, audits(audit, "link.revoke"), expects(linksOfKind), async (ctx) => {
      const { actor, request, audit: note } = ctx.state;
      const { kind } = request.query;
      note.target = { kind: "links", id: kind };
      note.isIdle = (await links.revokeAll(actor, kind)) === 0;
      ctx.status = 204;
    })
    .delete("/links/:id", write, audits(audit, "link.revoke"), expects(oneLink), async (ctx) => {
      const { actor, request } = ctx.state;
      const { id } = request.params;
      ctx.state.audit.target = { kind: "link", id };
      await links.revoke(actor, id);
      ctx.status = 204;
    });
}

function readingRoutes(deps: Deps): Routes {
  const { ownLinks: links, linkPolicy, linkUrls: urls } = deps;
  return makingRoutes(deps)
    .get("/links", write, expects(listLinks), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await links.list(ctx.state.actor, query);
      const where = { base: apiBase(ctx), urls };
      sendPage(ctx, { ...page, limit: query.limit }, (link) => presentLink(link, where));
    })
    .get("/link-policy", write, expects({}), (ctx) => {
      const { role } = ctx.state.actor.account;
      ctx.body = presentLinkRules(linkPolicy.rulesOf(role), MAX_LINKS);
    })
    .get("/links/:id", write, expects(oneLink), async (ctx) => {
      const link = await links.find(ctx.state.actor, ctx.state.request.params.id);
      ctx.body = presentLink(link, { base: apiBase(ctx), urls });
    })
    .get("/links/:id/log", write, expects(linkLog), async (ctx) => {
      const { params, query } = ctx.state.request;
      const page = await links.log(ctx.state.actor, params.id, query);
      sendPage(ctx, { ...page, limit: query.limit }, presentLinkUse);
    });
}

function makingRoutes({ access, ownLinks, linkPasswords, linkUrls: urls, audit }: Deps): Routes {
  return new Routes().post(
    "/links",
    write,
    audits(audit, "link.create"),
    expects(newLink),
    async (ctx) => {
      const { actor, request } = ctx.state;
      const granted = await grantOf(access, actor, request.body.entryId);
      const terms = await readTerms(request.body, linkPasswords, goneSignal(ctx.res));
      const made = await ownLinks.share(actor, granted, terms);
      ctx.state.audit.target = { kind: "link", id: made.link._id };
      ctx.state.audit.changes = changesOf(undefined, made.link);
      const link = presentLink(made, { base: apiBase(ctx), urls });
      ctx.status = 201;
      ctx.set("Location", link.links.self);
      ctx.body = link;
    },
  );
}

/** What a link is to lead to. The root is a folder that is no entry. */
function grantOf(access: Access, actor: AccountActor, id: Id) {
  const isRoot = id === "root" || id === actor.home.rootFolderId;
  return isRoot ? access.folder(actor, id, "share") : access.entry(actor, id, "share");
}

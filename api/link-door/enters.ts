import type { LinkActor } from "../../common/access/actor.js";
import type { Access } from "../../common/access/service.js";
import type { Scope } from "../../common/accounts/role.js";
import type { Downloader, LinkDownloads } from "../../common/links/downloads.js";
import { type LinkEntrance, noLink } from "../../common/links/entrance.js";
import { isUsedUp, type ShareLinkDoc } from "../../common/links/link.js";
import type { LinkUnlocks } from "../../common/links/unlocks.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { markByLink } from "../http/by-link.js";
import { clientTrace } from "../http/client-trace.js";
import type { Context } from "../http/door.js";
import { goneSignal } from "../http/gone-client.js";
import { type Cost, limitActor, limitAddress } from "../http/rate-limit.js";
import type { Step } from "../http/route.js";
import type { AssetBundle } from "../pages/assets.js";
import { readUnlock, readUses } from "./cookies.js";
import { type EnteredLink, isWithheld, type LinkRoot } from "./entered.js";
import { passwordPage } from "./page.js";

/** What lets people in by share links. */
export interface LinkDoor {
  readonly access: Access;
  readonly linkEntrance: Pick<LinkEntrance, "enter" | "stay">;
  readonly linkUnlocks: LinkUnlocks;
  readonly linkDownloads: LinkDownloads;
  /** Those of its pages. */
  readonly assets: AssetBundle;
}

interface Options {
  /** The class of the route for rate limits. Default: `everything`. */
  readonly cost?: Cost;
  /** Whether the link need not be unlocked. */
  readonly isUnlocking?: boolean;
}

/**
 * Lets a request pass whose path has the token of a share link (`:token`), and gives its handler `ctx.state.entered`. The link is asked of the store
 * at each request, and so is the entry: what is in the trash or elsewhere by now is not there.
 *
 * @param scope - What the link has to allow; `null`: any valid link.
 * @throws TooManyRequestsError when more were sent by its address or by its link than the limits allow.
 * @throws NotFoundError with one text for all links that are not valid, and for those that do not allow what is asked.
 * @throws LinkPasswordError (401), TooManyAttemptsError (429), BusyError (503) where the link has a password, by the header field `X-Link-Password`
 * and the unlock cookie.
 */
export function enters(
  door: LinkDoor,
  scope: Scope | null,
  { cost = "everything", isUnlocking = false }: Options = {},
): Step<{ entered: EnteredLink }> {
  return Object.assign(
    async (
      ctx: Context & { params?: { token?: string }; state: { entered?: EnteredLink } },
      next: () => Promise<unknown>,
    ) => {
      markByLink(ctx);
      limitAddress(ctx, cost);
      const entered = await enter(ctx, door, cost);
      asksForPassword(ctx, door.assets, entered.token);
      if (!isUnlocking) await unlock(ctx, door, entered);
      if (scope !== null && !entered.actor.scopes.has(scope)) throw noLink();
      ctx.state.entered = entered;
      await next();
      markByLink(ctx);
    },
    { access: "anyone" as const, cost },
  );
}

async function enter(
  ctx: Context & { params?: { token?: string } },
  { access, linkEntrance, linkDownloads }: LinkDoor,
  cost: Cost,
): Promise<EnteredLink> {
  const token = ctx.params?.token ?? "";
  const { link, actor } = await linkEntrance.enter(token, "share");
  // Also for the log line of a request that is refused.
  ctx.state.linkId = link._id;
  const root = await findRoot(access, link, actor);
  if (isUsedUp(link) && !(await linkDownloads.isRunning(link, downloader(ctx)))) throw noLink();
  // What says how a link stands with its limit would tell one that is not valid any more from one that never was.
  limitActor(ctx, cost, actor);
  return { token, link, actor, root };
}

/** Who sends a request, as its download is known. */
export function downloader(ctx: Context): Downloader {
  return { client: clientTrace(ctx), address: ctx.state.client.ip, useIds: readUses(ctx) };
}

async function findRoot(
  access: Access,
  { entryId, entryKind }: ShareLinkDoc,
  actor: LinkActor,
): Promise<LinkRoot> {
  const right = actor.scopes.has("files:read") ? "read" : "write";
  try {
    if (entryKind === "folder") return await access.folder(actor, entryId, right);
    const file = await access.file(actor, entryId, right);
    if (isWithheld(file.entry)) throw noLink();
    return file;
  } catch (error) {
    // The text says nothing of why.
    throw error instanceof NotFoundError ? noLink() : error;
  }
}

async function unlock(
  ctx: Context,
  { linkUnlocks }: LinkDoor,
  { link }: EnteredLink,
): Promise<void> {
  if (link.passwordHash === null) return;
  ctx.set("WWW-Authenticate", CHALLENGE);
  const password = ctx.req.headers["x-link-password"];
  const shown = { password: password?.toString(), unlock: readUnlock(ctx) };
  await linkUnlocks.check(link, shown, guesserOf(ctx));
  ctx.remove("WWW-Authenticate");
}

/** People are asked for the password on a page. */
function asksForPassword(ctx: Context, assets: AssetBundle, token: string): void {
  ctx.state.redraw = ({ body }) => {
    if (body.code !== "link-password-required") return undefined;
    const isGiven = ctx.method === "POST";
    return passwordPage(assets, { token, fault: isGiven ? body.detail : undefined });
  };
}

/** How a program is told to send the password (RFC 9110 §11.6.1). No browser opens a dialog for this scheme. */
const CHALLENGE = 'X-Link-Password realm="stowage"';

/** Who gives a password. */
export const guesserOf = (ctx: Context) => ({
  address: ctx.state.client.ip,
  signal: goneSignal(ctx.res),
});

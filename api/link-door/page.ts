import type { Context } from "koa";
import type { PresentedError } from "../http/door.js";
import type { AssetBundle } from "../pages/assets.js";
import { drawPage, html, type Html, pagePolicy } from "../pages/html.js";
import { linkPath } from "./cookies.js";
import type { EnteredLink } from "./entered.js";
import { drawDrop } from "./draw-drop.js";
import { drawDate, drawFile, drawFolder, type ShownEntry, type ShownList } from "./draw-entry.js";

/** What the page of a link shows. */
export interface LinkView {
  readonly entered: Pick<EnteredLink, "token" | "link" | "root">;
  /** `null` where the link shows nothing. */
  readonly entry: ShownEntry | null;
  /** What is in the folder. */
  readonly list?: ShownList;
  /** Whether people put files into what is shown. */
  readonly takesFiles?: boolean;
}

const TYPE = "text/html; charset=utf-8";

/** Answers with the page of a link, which works without script. */
export function sendLinkPage(ctx: Context, assets: AssetBundle, view: LinkView): void {
  const { takesFiles = false } = view;
  const isListed = view.entry !== null;
  ctx.set("Content-Security-Policy", pagePolicy(takesFiles ? DROP_POLICY : POLICY));
  ctx.type = TYPE;
  const { label, expiresAt } = view.entered.link;
  const heading = view.entry?.name ?? label ?? SENDING;
  ctx.body = drawPage({
    title: `${heading} · Stowage`,
    assets,
    modules: takesFiles ? ["drop.js"] : [],
    body: html`<main class="message link">
      <a class="brand" href="/">Stowage</a>
      <p class="status">${view.entry === null && label !== null ? SENDING : (label ?? SHARED)}</p>
      <h1>${heading === "" ? "Files" : heading}</h1>
      ${view.entry === null ? NOTHING_SHOWN : ""}
      ${takesFiles ? drawDrop(view.entered.token, { sent: countSent(ctx), isListed }) : ""}
      ${drawShown(view)} ${expiresAt === null ? html`` : drawEnd(expiresAt)}
    </main>`,
  });
}

const POLICY = { "media-src": "'self'" };
const DROP_POLICY = {
  ...POLICY,
  "script-src": "'self'",
  "connect-src": "'self'",
  "form-action": "'self'",
};

/** What the form says that it has sent, up to a number that needs no more than a line. */
function countSent({ query }: Pick<Context, "query">): number {
  const { sent } = query;
  return typeof sent === "string" && /^[1-9]\d{0,3}$/.test(sent) ? Number(sent) : 0;
}

const SENDING = "Send files";
const SHARED = "Shared with you";
const NOTHING_SHOWN = html`<p>This link is for sending files. It shows nothing of the folder.</p>`;

const drawEnd = (expiresAt: Date): Html =>
  html`<p class="note">This link ends on ${drawDate(expiresAt.toISOString())}.</p>`;

function drawShown({ entered, entry, list }: LinkView): Html {
  if (entry === null) return html``;
  if (entry.kind === "folder") return drawFolder(entered, entry, list);
  return drawFile(entry, { isLimited: entered.link.maxDownloads !== null });
}

/** The page that asks for the password of a link. */
export function passwordPage(
  assets: AssetBundle,
  { token, fault }: { readonly token: string; readonly fault: string | undefined },
): PresentedError {
  const heading = "This link has a password";
  const body = drawPage({
    title: `${heading} · Stowage`,
    assets,
    body: html`<main class="message">
      <a class="brand" href="/">Stowage</a>
      <p class="status">${SHARED}</p>
      <h1>${heading}</h1>
      <form method="post" action="${linkPath(token)}/unlock">
        <label for="password">Password</label>
        ${fault === undefined ? "" : html`<p class="fault" id="password-fault">${fault}.</p>`}
        <input
          id="password"
          name="password"
          type="password"
          required
          maxlength="1024"
          autocomplete="off"
          autofocus
          ${fault === undefined ? "" : html`aria-invalid="true" aria-describedby="password-fault"`}
        />
        <button type="submit">Open</button>
      </form>
    </main>`,
  });
  const headers = { "Content-Security-Policy": pagePolicy({ "form-action": "'self'" }) };
  return { type: TYPE, body, headers };
}

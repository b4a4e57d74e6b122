import type { Browser, BrowserContextOptions, CDPSession, Page } from "playwright-core";
import type { Json } from "../support/answer-json.js";
import { type ShareLink, shareLink, type Terms } from "../support/share-links.js";
import type { World } from "../support/world.js";

interface Options extends BrowserContextOptions {
  /** What leads to the web process. Default: nothing in between. */
  readonly url?: string;
  /** Those of the link; it is for uploads by default. */
  readonly terms?: Terms;
}

/** The page of a link for uploads, in a browser. */
export interface DropPage {
  readonly page: Page;
  readonly link: ShareLink;
  /** Files and folders in a folder below that of the link, sorted by name. @param path - Such as `/photos`. Default: the folder of the link. */
  readonly stored: (path?: string) => Promise<Json["items"]>;
}

/** Makes a link for uploads into a new folder, and opens it in a context of its own. */
export async function openDropPage(
  world: World,
  browser: Browser,
  { url = world.url, terms, ...options }: Options = {},
): Promise<DropPage> {
  const owner = await world.member();
  const target = await owner.makeFolder("Inbox");
  const link = await shareLink(world, { owner, ...target }, { permission: "upload", ...terms });
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url + link.path);
  const stored = async (path = "") => {
    const folder = (await owner.get(`/api/v1/by-path/Inbox${path}?metadata`)).json;
    const { json } = await owner.get(`/api/v1/folders/${folder.id}/children?sort=name&limit=1000`);
    return json.items;
  };
  return { page, link, stored };
}

/** How fast a page may send, in bytes a second; `-1` is as fast as it can, and with 0 it has no network. */
export async function limitUplink(session: CDPSession, uploadThroughput: number): Promise<void> {
  const offline = uploadThroughput === 0;
  const down = { latency: 0, downloadThroughput: -1 };
  await session.send("Network.emulateNetworkConditions", { offline, ...down, uploadThroughput });
}

/** A file that a browser is given, with its name as its content. */
export const small = (name: string) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(name),
});

import type { Context } from "../http/door.js";
import type { LinkActor } from "../../common/access/actor.js";
import { whileAllowed } from "../../common/access/download-guard.js";
import type { Wanted } from "../../common/links/downloads.js";
import { LinkViewOnlyError } from "../../common/links/content-errors.js";
import { noLink } from "../../common/links/entrance.js";
import { maySave } from "../../common/links/link.js";
import type { RunningDownload } from "../../common/links/running-download.js";
import { presentationOf } from "../http/media-type.js";
import { type Content, sendContent, type Sending } from "../http/send-content.js";
import { whenClosed } from "../http/when-closed.js";
import { keepUse } from "./cookies.js";
import type { EnteredLink } from "./entered.js";
import { downloader, type LinkDoor } from "./enters.js";

/** What is downloaded by a link. */
export interface Download {
  readonly content: Content;
  /** The file, or the folder of which all is sent. */
  readonly entryId: Wanted["entryId"];
  /** Whether it is to be saved, also where a browser could show it. */
  readonly isSaved: boolean;
  /** Asks again whether it still is where the link leads. It throws when it is not. */
  readonly requireThere: (actor: LinkActor) => Promise<unknown>;
  /** Called when all of it was sent. */
  readonly completed?: () => Promise<void>;
}

/**
 * Answers GET and HEAD for content, as a download that takes its place before its first byte and counts by what was sent of it. It is cut soon after the
 * link was revoked or switched off, or the content is not where the link leads any more.
 *
 * @throws LinkViewOnlyError, NotFoundError when no download is left, and what `sendContent` throws.
 */
export async function sendDownload(
  ctx: Context,
  { linkDownloads, linkEntrance }: Pick<LinkDoor, "linkDownloads" | "linkEntrance">,
  { entered, download }: { readonly entered: EnteredLink; readonly download: Download },
): Promise<void> {
  const { link, token } = entered;
  const { content, entryId, isSaved, completed, requireThere } = download;
  const isShown = !isSaved && presentationOf(content.type).disposition === "inline";
  if (!maySave(link) && !isShown) throw new LinkViewOnlyError();
  const sent = new SentBytes(ctx);
  const { name, etag, sizeBytes } = content;
  const begin: Sending["begin"] = async ({ first, bytes }) => {
    const who = { ...downloader(ctx), isContinued: first > 0, bytes };
    const running = await linkDownloads.begin(link, { entryId, name, etag, sizeBytes }, who);
    keepUse(ctx, token, running.useId);
    sent.countFor(running, completed);
  };
  const requireAllowed = async () => {
    const actor = await linkEntrance.stay(link);
    if (!actor.scopes.has("files:read")) throw noLink();
    await requireThere(actor);
  };
  const open: Content["open"] = (window) => whileAllowed(requireAllowed, content.open(window));
  const counted = { ...content, open: sent.counting(open) };
  try {
    await sendContent(ctx, counted, { begin, disposition: isSaved ? "attachment" : undefined });
  } catch (error) {
    // What was read is not sent.
    sent.forget();
    throw error;
  }
}

/** Counts how much of some content an answer has sent. */
class SentBytes {
  readonly #ctx: Context;
  readonly #before: number;
  #readBytes = 0;
  #isForgotten = false;
  #running: RunningDownload | undefined;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#before = ctx.req.socket.bytesWritten;
  }

  forget(): void {
    this.#isForgotten = true;
  }

  /** When the answer is over, the download is told what was sent. */
  countFor(running: RunningDownload, completed?: () => Promise<void>): void {
    this.#running = running;
    const { res, state } = this.#ctx;
    const count = async () => {
      if (await running.end(this.#sent(), this.#isWhole())) await completed?.();
    };
    const end = () => {
      count().catch((error: unknown) => {
        // Its place is given up in an hour.
        state.log.warn({ err: error }, "A download was not counted");
      });
    };
    whenClosed(res, end);
  }

  counting(open: Content["open"]): Content["open"] {
    return (window) => this.#count(open(window));
  }

  async *#count(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of bytes) {
      this.#readBytes += piece.length;
      await this.#running?.keep();
      yield piece;
    }
  }

  #isWhole(): boolean {
    return !this.#isForgotten && this.#ctx.res.writableFinished;
  }

  /** What a connection that was cut has sent is less than what was read: the header, and what waits to be sent, are no content that was sent. */
  #sent(): number {
    if (this.#isForgotten) return 0;
    const { res } = this.#ctx;
    if (res.writableFinished) return this.#readBytes;
    const { socket } = this.#ctx.req;
    const written = socket.bytesWritten - this.#before - socket.writableLength;
    return Math.min(this.#readBytes, Math.max(0, written - headerBytes(res.getHeaders())));
  }
}

/** About as long as Node writes them. */
const headerBytes = (headers: object) =>
  Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + String(value).length + ": \r\n".length,
    0,
  );

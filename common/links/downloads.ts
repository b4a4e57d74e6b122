import type { ClientTrace } from "../credentials/credential.js";
import { type Id, newId } from "../platform/ids.js";
import { noLink } from "./entrance.js";
import type { OpenDownload, ShareLinkDoc } from "./link.js";
import type { PlacesRepository } from "./places-repository.js";
import type { LinksRepository } from "./repository.js";
import { RunningDownload } from "./running-download.js";
import type { LinkTokens } from "./tokens.js";
import { isCounted, type LinkUseDoc, type LinkUsesRepository } from "./uses-repository.js";

/** A place that was not active for this time is given up, and its download cannot be resumed. */
export const PLACE_MS = 60 * 60 * 1000;

/** A download gets the content at most so often, all its requests together. What goes beyond takes another place. */
const MOST_TIMES = 3;

interface Deps {
  readonly links: Pick<LinksRepository, "findById">;
  readonly places: PlacesRepository;
  readonly uses: LinkUsesRepository;
  readonly tokens: Pick<LinkTokens, "sign">;
  readonly now: () => Date;
  /** `LINK_LOG_DAYS` */
  readonly logMs: number;
  /** Is told of each download that begins. It does not throw. */
  readonly activity: { began(link: ShareLinkDoc): Promise<void> };
}

/** What is downloaded. */
export interface Wanted extends Pick<LinkUseDoc, "entryId" | "name"> {
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Who downloads. */
export interface Downloader {
  readonly client: ClientTrace;
  /** The IP address. It is not stored. */
  readonly address: string;
  /** The uses that the client says it goes on with. */
  readonly useIds: readonly Id[];
}

/** What one request asks for. */
export interface Asking extends Downloader {
  /** Whether it does not begin at the first byte: then a client without cookies is known by its address and program. */
  readonly isContinued: boolean;
  /** The most bytes of the content that it is sent; at most all of them. */
  readonly bytes: number;
}

/** Downloads by share links, and how they count; see docs/design/sharing.md. */
export class LinkDownloads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether somebody has a download by a link that may go on, also when the link is used up. */
  async isRunning(link: ShareLinkDoc, who: Downloader): Promise<boolean> {
    return (await this.listRunning(link, who)).length > 0;
  }

  /** The downloads of a client by a link that may go on, the latest first. */
  listRunning(link: ShareLinkDoc, who: Downloader): Promise<LinkUseDoc[]> {
    const { uses, now } = this.#deps;
    const since = new Date(now().getTime() - PLACE_MS);
    const { ownerId, _id: linkId } = link;
    const source = this.#sourceOf(link, who);
    return uses.listRunning({ ownerId, linkId }, { ids: who.useIds, source, since });
  }

  /**
   * Resumes a download, or takes a place for a new one. Reserves the bytes that the request may send. Call it before the first byte.
   *
   * @throws NotFoundError when no place is left.
   */
  async begin(link: ShareLinkDoc, wanted: Wanted, asking: Asking): Promise<RunningDownload> {
    const use = (await this.#goOn(link, wanted, asking)) ?? (await this.#new(link, wanted, asking));
    return new RunningDownload(this.#deps, { link, use, reservedBytes: asking.bytes });
  }

  /** The download that a request resumes; `undefined` where there is none, or where its content was sent too often already. */
  async #goOn(link: ShareLinkDoc, wanted: Wanted, { isContinued, bytes, ...who }: Asking) {
    const { uses, now } = this.#deps;
    const most = MOST_TIMES * wanted.sizeBytes;
    for (const use of await this.listRunning(link, who)) {
      const isKnown = who.useIds.includes(use._id) || isContinued;
      const isIn = isKnown && isOf(use, wanted) && (await this.#isStillIn(link, use));
      if (isIn && (await uses.reserve(use, { bytes, most, at: now() }))) return use;
    }
    return undefined;
  }

  async #new(link: ShareLinkDoc, wanted: Wanted, asking: Asking): Promise<LinkUseDoc> {
    const use = await this.#take(link, wanted, asking);
    await this.#deps.activity.began(link);
    return use;
  }

  /** Whether a download has its place still, or counts. */
  async #isStillIn(link: ShareLinkDoc, use: LinkUseDoc): Promise<boolean> {
    const { places, now } = this.#deps;
    return (await places.touch(link, { id: use._id, at: now() })) || isCounted(use);
  }

  async #take(link: ShareLinkDoc, wanted: Wanted, who: Asking): Promise<LinkUseDoc> {
    const { places, links, uses } = this.#deps;
    const use = this.#newUse(link, wanted, who);
    const place = { id: use._id, at: use.startedAt };
    await this.#giveUpOld(link);
    if (!(await places.take(link, place))) {
      // It may have been changed since it was read, and others may be given up by now.
      const current = await links.findById(link._id);
      if (current?.kind !== "share") throw noLink();
      await this.#giveUpOld(current);
      if (!(await places.take(current, place))) throw noLink();
    }
    await uses.insert(use);
    return use;
  }

  async #giveUpOld(link: ShareLinkDoc): Promise<void> {
    const before = this.#deps.now().getTime() - PLACE_MS;
    const old = link.openDownloads.filter(({ at }) => at.getTime() < before);
    for (const place of old) await this.#giveUp(link, place);
  }

  /** What was sent may count, where the process ended before it said so. */
  async #giveUp(link: ShareLinkDoc, place: OpenDownload): Promise<void> {
    const { places, uses } = this.#deps;
    const use = await uses.find({ ownerId: link.ownerId, linkId: link._id }, place.id);
    if (use !== null && isCounted(use)) await places.settle(link, place.id);
    else await places.giveUp(link, place);
  }

  #newUse(link: ShareLinkDoc, wanted: Wanted, who: Asking): LinkUseDoc {
    const at = this.#deps.now();
    return {
      _id: newId(),
      linkId: link._id,
      ownerId: link.ownerId,
      kind: "download",
      startedAt: at,
      lastAt: at,
      client: who.client,
      source: this.#sourceOf(link, who),
      ...wanted,
      bytes: 0,
      reservedBytes: who.bytes,
      isComplete: false,
      expiresAt: new Date(at.getTime() + this.#deps.logMs),
    };
  }

  /** By what a client without cookies is known at one link: nobody can tell the address from it. */
  #sourceOf({ _id }: ShareLinkDoc, { address, client }: Downloader): string {
    return this.#deps.tokens.sign("source", `${_id}\0${address}\0${client.userAgent ?? ""}`);
  }
}

const isOf = (use: LinkUseDoc, { entryId, etag }: Wanted) =>
  use.entryId === entryId && use.etag === etag;

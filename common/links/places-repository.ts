import type { Collection, Db } from "mongodb";
import type { OpenDownload, ShareLinkDoc } from "./link.js";

type OneLink = Pick<ShareLinkDoc, "_id" | "ownerId">;

/** The places of downloads by share links. Each method is one conditional update, so any number of processes may use them at once. */
export class PlacesRepository {
  readonly #links: Collection<ShareLinkDoc>;

  constructor(db: Db) {
    this.#links = db.collection("links");
  }

  /** Takes a place for a download. `false` when none is left, or the link was changed so that it is not valid any more. */
  async take(
    { _id, ownerId, maxDownloads }: OneLink & Pick<ShareLinkDoc, "maxDownloads">,
    place: OpenDownload,
  ): Promise<boolean> {
    const isLeft = maxDownloads === null ? {} : { usedDownloads: { $lt: maxDownloads } };
    const filter = { _id, ownerId, maxDownloads, revokedAt: null, isEnabled: true, ...isLeft };
    const taken = await this.#links.updateOne(filter, {
      $inc: { usedDownloads: 1 },
      $push: { openDownloads: place },
    });
    return taken.matchedCount === 1;
  }

  /** Says that a download is active. `false` when its place is not open: it counts, or was given up. */
  async touch({ _id, ownerId }: OneLink, { id, at }: OpenDownload): Promise<boolean> {
    const filter = { _id, ownerId, "openDownloads.id": id };
    const touched = await this.#links.updateOne(filter, { $set: { "openDownloads.$.at": at } });
    return touched.matchedCount === 1;
  }

  /** The download counts from now on, for good. May be repeated. */
  async settle({ _id, ownerId }: OneLink, id: OpenDownload["id"]): Promise<void> {
    await this.#links.updateOne(
      { _id, ownerId, "openDownloads.id": id },
      { $pull: { openDownloads: { id } } },
    );
  }

  /** Gives back the place of a use that has ended. May be repeated. */
  async giveBack({ _id, ownerId }: OneLink, id: OpenDownload["id"]): Promise<void> {
    await this.#links.updateOne(
      { _id, ownerId, "openDownloads.id": id },
      { $pull: { openDownloads: { id } }, $inc: { usedDownloads: -1 } },
    );
  }

  /** Gives a place up, unless it was touched since it was read. May be repeated. */
  async giveUp({ _id, ownerId }: OneLink, { id, at }: OpenDownload): Promise<void> {
    await this.#links.updateOne(
      { _id, ownerId, openDownloads: { $elemMatch: { id, at } } },
      { $pull: { openDownloads: { id } }, $inc: { usedDownloads: -1 } },
    );
  }
}

import type { Id } from "../platform/ids.js";
import type { GrantLinkDoc } from "./link.js";
import type { LinksRepository } from "./repository.js";

interface Deps {
  readonly links: Pick<LinksRepository, "use" | "findById">;
}

/** An upload by a grant. */
export interface GrantUpload {
  readonly ownerId: Id;
  readonly linkId: Id;
  readonly uploadId: Id;
}

/** How much a grant allows; `null` is no limit. */
export type GrantLimits = Pick<GrantLinkDoc, "maxFiles" | "maxBytes">;

/**
 * The places that uploads have in the limits of their grant. `usedFiles` and `usedBytes` have what is stored and what is under way, so uploads at once never
 * pass a limit. Each step is one conditional update of the link, and may be repeated: it names the place by its upload.
 */
export class UploadPlaces {
  readonly #links: Deps["links"];

  constructor({ links }: Deps) {
    this.#links = links;
  }

  /** Takes a place for one more file. Resolves to `false` when there is none, or not for so many bytes. */
  async take(
    { ownerId, linkId, uploadId }: GrantUpload,
    bytes: number,
    { maxFiles, maxBytes }: GrantLimits,
  ): Promise<boolean> {
    const taken = await this.#links.use(
      {
        ...{ _id: linkId, ownerId, kind: "grant", "openUploads.id": { $ne: uploadId } },
        ...(maxFiles !== null && { usedFiles: { $lt: maxFiles } }),
        ...(maxBytes !== null && { usedBytes: { $lte: maxBytes - bytes } }),
      },
      { $inc: { usedFiles: 1, usedBytes: bytes }, $push: { openUploads: { id: uploadId, bytes } } },
    );
    return taken !== null;
  }

  /** Makes a place larger. Resolves to `false` when there are no more bytes. */
  async grow(
    { ownerId, linkId, uploadId }: GrantUpload,
    bytes: number,
    { maxBytes }: GrantLimits,
  ): Promise<boolean> {
    const grown = await this.#links.use(
      {
        ...{ _id: linkId, ownerId, kind: "grant", "openUploads.id": uploadId },
        ...(maxBytes !== null && { usedBytes: { $lte: maxBytes - bytes } }),
      },
      { $inc: { usedBytes: bytes, "openUploads.$.bytes": bytes } },
    );
    return grown !== null;
  }

  /** How many bytes a place has; `undefined` where it is given back, or its file is stored. */
  async find({ linkId, uploadId }: GrantUpload): Promise<number | undefined> {
    const link = await this.#links.findById(linkId);
    if (link?.kind !== "grant") return undefined;
    return link.openUploads.find(({ id }) => id === uploadId)?.bytes;
  }

  /** Gives the place of an upload back, of which nothing is stored. */
  giveBack(upload: GrantUpload): Promise<void> {
    return this.#end(upload, { files: 0, bytes: 0 });
  }

  /** The upload has become a file: that stays counted, with exactly its bytes. */
  settle(upload: GrantUpload, bytes: number): Promise<void> {
    return this.#end(upload, { files: 1, bytes });
  }

  async #end(upload: GrantUpload, used: { readonly files: number; readonly bytes: number }) {
    const { ownerId, linkId: _id, uploadId: id } = upload;
    for (;;) {
      const bytes = await this.find(upload);
      if (bytes === undefined) return;
      const ended = await this.#links.use(
        { _id, ownerId, kind: "grant", openUploads: { $elemMatch: { id, bytes } } },
        {
          $pull: { openUploads: { id } },
          $inc: { usedFiles: used.files - 1, usedBytes: used.bytes - bytes },
        },
      );
      if (ended !== null) return;
      // It has grown, or was ended, since it was read.
    }
  }
}

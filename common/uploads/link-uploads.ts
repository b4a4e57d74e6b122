import type { Place } from "../access/grants.js";
import type { LinkUploading, UploadLimits } from "../access/link-uploading.js";
import type { GrantUpload, UploadPlaces } from "../links/upload-places.js";
import type { LinkUsesRepository } from "../links/uses-repository.js";
import { ContentTooLargeError } from "../platform/errors.js";
import type { Reservation } from "../quota/reservation.js";
import { GrantUsedUpError, NameNotAllowedError } from "./link-errors.js";
import { matchesPattern } from "./name-pattern.js";
import type { Published, UploadDoc } from "./upload.js";

/** The place of an upload whose length is not known grows by so much at once, as long as there is so much. */
const STEP_BYTES = 1024 ** 2;

interface Deps {
  readonly places: UploadPlaces;
  readonly uses: Pick<LinkUsesRepository, "insert">;
  readonly now: () => Date;
  /** How long a use is kept, in milliseconds. */
  readonly logMs: number;
}

/** What an upload has reserved. */
export type Held = Pick<Reservation, "reservedBytes" | "cover" | "announce">;

type ByLink = Pick<UploadDoc, "_id" | "ownerId" | "byLink">;

/**
 * Holds uploads by links to what these allow. All of it does nothing for other uploads.
 *
 * A place is taken once the ledger has the upload, and given back before the ledger has it no more. So whoever removes an upload that was cut, cancelled or
 * has expired gives its place back, the sweep included.
 */
export class LinkUploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What can be refused before the first byte. @throws NameNotAllowedError, ContentTooLargeError */
  check({ limits }: LinkUploading, name: string, expectedBytes: number): void {
    if (limits === null) return;
    const { namePattern, maxFileBytes } = limits;
    if (namePattern !== null && !matchesPattern(namePattern, name)) {
      throw new NameNotAllowedError(namePattern);
    }
    refuseLarge(limits, expectedBytes, maxFileBytes);
  }

  /** Takes the place of an upload. @throws GrantUsedUpError */
  async take(upload: ByLink, bytes: number): Promise<void> {
    const limits = upload.byLink?.limits ?? null;
    if (limits === null) return;
    const isTaken = await this.#deps.places.take(keyOf(upload), bytes, limits);
    if (!isTaken) throw new GrantUsedUpError(factsOf(limits));
  }

  /** What an upload has reserved, which grows only as far as its link allows. */
  covering(upload: ByLink, held: Held): Held {
    const limits = upload.byLink?.limits ?? null;
    if (limits === null) return held;
    let placeBytes: number | undefined;
    const coverPlace = async (totalBytes: number) => {
      refuseLarge(limits, totalBytes, limits.maxFileBytes);
      placeBytes ??= (await this.#deps.places.find(keyOf(upload))) ?? 0;
      if (totalBytes > placeBytes) {
        placeBytes += await this.#grow(upload, totalBytes - placeBytes, limits);
      }
    };
    return {
      async cover(totalBytes) {
        await coverPlace(totalBytes);
        return held.cover(totalBytes);
      },
      async announce(totalBytes) {
        await coverPlace(totalBytes);
        await held.announce(totalBytes);
      },
      get reservedBytes() {
        return held.reservedBytes;
      },
    };
  }

  async giveBack(upload: ByLink): Promise<void> {
    if ((upload.byLink?.limits ?? null) !== null) await this.#deps.places.giveBack(keyOf(upload));
  }

  /** The upload has become a file. A crash before this leaves its place: the file counts. */
  async settle(upload: UploadDoc, { file }: Published): Promise<void> {
    const { byLink } = upload;
    if (byLink === undefined) return;
    const sizeBytes = Number(file.sizeBytes);
    if (byLink.limits !== null) await this.#deps.places.settle(keyOf(upload), sizeBytes);
    const { uses, now, logMs } = this.#deps;
    const lastAt = now();
    await uses.insert({
      ...{ _id: upload._id, ownerId: upload.ownerId, linkId: byLink.linkId, kind: "upload" },
      ...{ startedAt: upload.createdAt, lastAt, client: byLink.client, entryId: file._id },
      ...{ name: file.name, etag: null, sizeBytes, bytes: sizeBytes, isComplete: true },
      expiresAt: new Date(lastAt.getTime() + logMs),
    });
  }

  /** @returns By how much. @throws GrantUsedUpError */
  async #grow(upload: ByLink, missingBytes: number, limits: UploadLimits): Promise<number> {
    const { places } = this.#deps;
    const step = Math.max(missingBytes, STEP_BYTES);
    if (await places.grow(keyOf(upload), step, limits)) return step;
    if (await places.grow(keyOf(upload), missingBytes, limits)) return missingBytes;
    throw new GrantUsedUpError(factsOf(limits));
  }
}

/** Whether uploads into a place need a place in the limits of a link. */
export const isLimited = ({ byLink }: Pick<Place, "byLink">) => (byLink?.limits ?? null) !== null;

const factsOf = ({ maxFiles, maxBytes }: UploadLimits) => ({ maxFiles, maxBytes });

const keyOf = ({ _id: uploadId, ownerId, byLink }: ByLink): GrantUpload => ({
  ownerId,
  uploadId,
  linkId: byLink?.linkId ?? "",
});

function refuseLarge(limits: UploadLimits, bytes: number, maxFileBytes: number | null): void {
  if (maxFileBytes !== null && bytes > maxFileBytes) throw new ContentTooLargeError(maxFileBytes);
  if (limits.maxBytes !== null && bytes > limits.maxBytes) {
    throw new GrantUsedUpError(factsOf(limits));
  }
}

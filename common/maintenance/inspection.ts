import type { EntriesRepository } from "../entries/repository.js";
import type { Id } from "../platform/ids.js";
import type { BlobStore } from "../storage/blob-store.js";
import { DamagedContentError, EncryptionKeyError } from "../storage/errors.js";
import { SNIFFED_BYTES, sniffType } from "../storage/sniff.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { InspectionResult, VersionDoc } from "../versions/version.js";

/** How many attempts may end their process before the content is `failed`. The queue counts what fails in other ways. */
const MOST_ATTEMPTS = 5;

interface Deps {
  readonly versions: VersionsRepository;
  readonly entries: Pick<EntriesRepository, "showInspection">;
  readonly blobs: Pick<BlobStore, "find" | "read">;
  readonly now: () => Date;
  /** How long an attempt keeps others away, in milliseconds. */
  readonly leaseMs: number;
}

/** Finds out what a version is, whatever its client claimed, and makes it `ready`. */
export class Inspection {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * May be repeated, also at once: a version that somebody else is inspecting, or that is no longer `processing`, is left as
   * it is. Whoever dies of it keeps others away for the length of the lease.
   */
  async run(ownerId: Id, versionId: Id, signal: AbortSignal): Promise<void> {
    const { versions } = this.#deps;
    const now = this.#deps.now();
    const leaseUntil = new Date(now.getTime() + this.#deps.leaseMs);
    const version = await versions.beginInspection({ ownerId, versionId, now, leaseUntil });
    if (version === null) return;
    try {
      await this.#finish(version, await this.#inspect(version), signal);
    } catch (error) {
      // A lease that cannot be given back now ends by itself; what failed is what the queue has to know.
      await versions.leaveInspection(ownerId, versionId, leaseUntil).catch(() => undefined);
      throw error;
    }
  }

  async #finish(version: VersionDoc, result: InspectionResult, signal: AbortSignal) {
    signal.throwIfAborted();
    const { ownerId, _id: versionId } = version;
    const { type, state } = result;
    // The version changes last: as long as it says `processing`, the sweep has both done again.
    await this.#deps.entries.showInspection({ ...version, versionId }, { type, state });
    await this.#deps.versions.finishInspection(ownerId, versionId, result);
  }

  async #inspect(version: VersionDoc): Promise<InspectionResult> {
    if (version.inspection.attempts > MOST_ATTEMPTS) {
      return { type: null, state: "failed", failure: "every attempt ended its process" };
    }
    try {
      return { type: await this.#sniff(version), state: "ready", failure: null };
    } catch (error) {
      // A key that the operator has yet to give says nothing about the content.
      if (error instanceof EncryptionKeyError) await this.#deps.versions.uncountInspection(version);
      if (!(error instanceof DamagedContentError)) throw error;
      return { type: null, state: "failed", failure: error.reason };
    }
  }

  async #sniff({ blobId, ownerId, _id }: VersionDoc): Promise<string> {
    const { blobs, versions } = this.#deps;
    // A copy may have taken the place of the blob since the version was read.
    const current = async () => (await versions.find(ownerId, _id))?.blobId ?? blobId;
    const blob = (await blobs.find(blobId)) ?? (await blobs.find(await current()));
    if (blob === undefined) throw new DamagedContentError(blobId, "the blob is missing");
    const headBytes = Math.min(SNIFFED_BYTES, blob.sizeBytes);
    const pieces: Buffer[] = [];
    for await (const piece of blobs.read(blob, { first: 0, last: headBytes - 1 })) {
      pieces.push(piece);
    }
    return sniffType(Buffer.concat(pieces), headBytes === blob.sizeBytes);
  }
}

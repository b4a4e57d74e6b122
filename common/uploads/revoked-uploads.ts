import type { LinkDoc } from "../links/link.js";
import type { DeferredWork } from "../platform/deferred-work.js";
import type { Id } from "../platform/ids.js";
import type { Aborter } from "./aborter.js";
import type { UploadsRepository } from "./repository.js";

/** How many uploads are read at once. */
const BATCH = 100;

interface Deps {
  readonly uploads: Pick<UploadsRepository, "abortByLinks" | "listAborting">;
  readonly aborter: Pick<Aborter, "takeOver">;
  readonly deferred: Pick<DeferredWork, "defer">;
  readonly now: () => Date;
}

/** Ends resumable uploads by revoked links. Nobody can continue them, but they would hold bytes and places until they expire. */
export class RevokedUploads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** From then on nothing of them becomes a file. What they hold is free a moment later: when this process dies before, after the next sweep. */
  async end(links: readonly Pick<LinkDoc, "_id" | "ownerId">[]): Promise<void> {
    const { uploads, deferred, now } = this.#deps;
    const idsByOwner = new Map<Id, Id[]>();
    for (const { _id, ownerId } of links) {
      idsByOwner.set(ownerId, [...(idsByOwner.get(ownerId) ?? []), _id]);
    }
    for (const [ownerId, linkIds] of idsByOwner) {
      await uploads.abortByLinks(ownerId, linkIds, now());
      deferred.defer(() => this.#remove(ownerId, linkIds));
    }
  }

  async #remove(ownerId: Id, linkIds: readonly Id[]): Promise<void> {
    const { uploads, aborter } = this.#deps;
    for (;;) {
      const found = await uploads.listAborting(ownerId, linkIds, BATCH);
      for (const upload of found) await aborter.takeOver(upload);
      if (found.length < BATCH) return;
    }
  }
}

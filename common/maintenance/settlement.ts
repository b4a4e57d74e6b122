import type { EntriesRepository } from "../entries/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { Quota, ReservationKey } from "../quota/service.js";

interface Deps {
  readonly quota: Pick<Quota, "settle">;
  readonly versions: Pick<VersionsRepository, "findByUpload">;
  readonly entries: Pick<EntriesRepository, "isMadeBy">;
}

/** Turns the reservation of a published upload into usage: its version's bytes, and the file if the upload made one. */
export class Settlement {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** May be repeated: a reservation that is gone was settled before. */
  async run(key: ReservationKey): Promise<void> {
    const { quota, versions, entries } = this.#deps;
    const version = await versions.findByUpload(key.ownerId, key.uploadId);
    if (version === null || version.state === "staged") return;
    const isNewFile = await entries.isMadeBy(key.ownerId, key.uploadId);
    await quota.settle(key, { bytes: Number(version.sizeBytes), files: isNewFile ? 1 : 0 });
  }
}

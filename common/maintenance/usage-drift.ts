import type { EntriesRepository } from "../entries/repository.js";
import type { Logger } from "../platform/log.js";
import type { QuotaDoc, QuotaRepository } from "../quota/repository.js";
import type { VersionsRepository } from "../versions/repository.js";

interface Deps {
  readonly accounts: Pick<QuotaRepository, "correct">;
  readonly versions: Pick<VersionsRepository, "sumBytes">;
  readonly entries: Pick<EntriesRepository, "countFiles">;
  readonly log: Logger;
}

/** What the books of an account say too much; negative for too little. */
export interface Drift {
  readonly bytes: number;
  readonly files: number;
  readonly allocatedBytes: number;
}

/** Compares what accounts are said to store with what they store. */
export class UsageDrift {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What the books of an account say too much; `undefined` where they are true. A change meanwhile may be the reason. */
  async of(account: QuotaDoc): Promise<Drift | undefined> {
    const usage = await this.#countUsage(account);
    const allocatedBytes = account.reservations.reduce(
      (sum, { bytes }) => sum + Number(bytes),
      usage.bytes,
    );
    const drift = {
      bytes: Number(account.usage.bytes) - usage.bytes,
      files: Number(account.usage.files) - usage.files,
      allocatedBytes: Number(account.allocatedBytes) - allocatedBytes,
    };
    return Object.values(drift).some((each) => each !== 0) ? drift : undefined;
  }

  /** Compare-and-set on the account as it was read: a change meanwhile leaves it to the next run. */
  async correct(account: QuotaDoc, drift: Drift): Promise<boolean> {
    const { accounts, log } = this.#deps;
    const usage = {
      bytes: Number(account.usage.bytes) - drift.bytes,
      files: Number(account.usage.files) - drift.files,
    };
    const allocatedBytes = Number(account.allocatedBytes) - drift.allocatedBytes;
    const isCorrected = await accounts.correct(account, usage, allocatedBytes);
    const { bytes: driftBytes, files: driftFiles } = drift;
    if (isCorrected) {
      log.warn({ accountId: account._id, driftBytes, driftFiles }, "Usage was corrected");
    }
    return isCorrected;
  }

  async #countUsage({ _id: ownerId, reservations, releases }: QuotaDoc) {
    const { versions, entries } = this.#deps;
    const uploadIds = reservations.map(({ uploadId }) => uploadId);
    const releasedIds = releases.map(({ id }) => id);
    return {
      bytes: await versions.sumBytes(ownerId, { uploadIds, versionIds: releasedIds }),
      files: await entries.countFiles(ownerId, { uploadIds, fileIds: releasedIds }),
    };
  }
}

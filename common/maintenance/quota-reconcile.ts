import type { EntriesRepository } from "../entries/repository.js";
import type { Logger } from "../platform/log.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { QuotaDoc, QuotaRepository } from "../quota/repository.js";
import type { Quota } from "../quota/service.js";
import type { Settlement } from "./settlement.js";

const BATCH = 200;

interface Deps {
  readonly accounts: QuotaRepository;
  readonly quota: Pick<Quota, "release">;
  readonly settlement: Settlement;
  readonly uploads: Pick<UploadsRepository, "isUnderWay">;
  readonly versions: VersionsRepository;
  readonly entries: Pick<EntriesRepository, "countFiles">;
  readonly log: Logger;
  readonly now: () => Date;
  /** How long a job may run at most, with a margin: release marks that no purge could take away are kept that long. */
  readonly longestJobMs: number;
  /** How long to wait after all accounts were recomputed before the first is again. */
  readonly intervalMs: number;
}

/** Keeps the books true: settles what no job settled, and recomputes usage from the versions themselves. */
export class QuotaReconcile {
  readonly #deps: Deps;
  #afterId = "";
  #nextRoundAt = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Settles every reservation whose upload is over, whether it was published or not. */
  async settleLost(signal: AbortSignal): Promise<void> {
    for (let afterId = ""; ;) {
      const accounts = await this.#deps.accounts.listReserved(afterId, BATCH);
      for (const account of accounts) {
        signal.throwIfAborted();
        await this.#settleAccount(account);
      }
      const last = accounts.at(-1);
      if (last === undefined) return;
      afterId = last._id;
    }
  }

  /** Recomputes some accounts, from where the last run stopped, when they are due. @returns How many were wrong. */
  async recompute(signal: AbortSignal): Promise<number> {
    const now = this.#deps.now().getTime();
    if (now < this.#nextRoundAt) return 0;
    const accounts = await this.#deps.accounts.list(this.#afterId, BATCH);
    const isLast = accounts.length < BATCH;
    this.#afterId = isLast ? "" : (accounts.at(-1)?._id ?? "");
    if (isLast) this.#nextRoundAt = now + this.#deps.intervalMs;
    let corrected = 0;
    for (const account of accounts) {
      signal.throwIfAborted();
      if (await this.#recomputeAccount(account)) corrected += 1;
    }
    return corrected;
  }

  async #settleAccount({ _id: ownerId, reservations }: QuotaDoc): Promise<void> {
    const { uploads, versions, settlement, quota } = this.#deps;
    for (const { uploadId } of reservations) {
      // In this order: an upload leaves the ledger only after its version is there.
      if (await uploads.isUnderWay(ownerId, uploadId)) continue;
      const version = await versions.findByUpload(ownerId, uploadId);
      if (version === null) await quota.release({ ownerId, uploadId });
      else await settlement.run({ ownerId, uploadId });
    }
  }

  /** Compare-and-set on the account as it was read: a change meanwhile leaves it to the next run. */
  async #recomputeAccount(account: QuotaDoc): Promise<boolean> {
    const { accounts, log, now, longestJobMs } = this.#deps;
    const usage = await this.#countUsage(account);
    const allocatedBytes = account.reservations.reduce(
      (sum, { bytes }) => sum + Number(bytes),
      usage.bytes,
    );
    const driftBytes = Number(account.usage.bytes) - usage.bytes;
    const driftFiles = Number(account.usage.files) - usage.files;
    const isTrue =
      driftBytes === 0 && driftFiles === 0 && Number(account.allocatedBytes) === allocatedBytes;
    const isCorrected = !isTrue && (await accounts.correct(account, usage, allocatedBytes));
    if (isCorrected) {
      log.warn({ accountId: account._id, driftBytes, driftFiles }, "Usage was corrected");
    }
    if (account.releases.length > 0) {
      await accounts.forgetReleasesBefore(account._id, new Date(now().getTime() - longestJobMs));
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
